import Testing

@testable import HSM

@Suite struct SoftHSMFileTests {
    private static func number(_ value: UInt8) -> [UInt8] { [0, 0, 0, 0, 0, 0, 0, value] }

    /// Generation 3; CKA_TOKEN true; CKA_CLASS 4; CKA_ID "AB"; mechanisms {9}; a nested template of one flag.
    private static let whole: [UInt8] =
        number(3)
        + number(0x01) + number(1) + [0x01]
        + number(0x00) + number(2) + number(4)
        + number(0x02) + number(3) + number(2) + [0x41, 0x42]
        + number(0x60) + number(5) + number(1) + number(9)
        + number(0x70) + number(4) + number(17) + (number(0x03) + number(1) + [0x01])

    @Test func aWholeFile() {
        #expect(SoftHSMObjectFile.isWhole(Self.whole))
    }

    @Test func anEmptyFileOrAGenerationAloneIsDamaged() {
        #expect(!SoftHSMObjectFile.isWhole([]))
        #expect(!SoftHSMObjectFile.isWhole(Self.number(3)))
    }

    @Test func aFileCutWithinAnAttributeIsDamaged() {
        // Cuts between attributes can't be told from a shorter file.
        let boundaries: Set = [25, 49, 75, 107]
        for count in 0..<Self.whole.count where !boundaries.contains(count) {
            #expect(!SoftHSMObjectFile.isWhole(Array(Self.whole.prefix(count))), "\(count) bytes")
        }
    }

    @Test func aLengthBeyondTheFileIsDamaged() {
        let huge = Self.number(3) + Self.number(2) + Self.number(3) + [UInt8](repeating: 0xFF, count: 8) + [1]
        #expect(!SoftHSMObjectFile.isWhole(huge))
        let mechanisms = Self.number(3) + Self.number(2) + Self.number(5) + [UInt8](repeating: 0xFF, count: 8) + [1]
        #expect(!SoftHSMObjectFile.isWhole(mechanisms))
    }

    @Test func theTokenDirectoryOfAConfiguration() {
        let text = """
            # SoftHSM v2 configuration file
            #directories.tokendir = /wrong/
              directories.tokendir =  /var/lib/tokens/   # here
            objectstore.backend = file
            """
        #expect(SoftHSMConfiguration.value(of: "directories.tokendir", in: text) == "/var/lib/tokens/")
        #expect(SoftHSMConfiguration.value(of: "log.level", in: text) == nil)
        #expect(SoftHSMConfiguration.value(of: "directories.tokendir", in: "directories.tokendir =\n") == nil)
    }
}
