import KeyModel
import Testing

struct IdentifierTests {
    @Test(arguments: ["p1", "a", "default", "eu-west-1", "0", "-", String(repeating: "x", count: 32)])
    func partitionsHaveNamesThatRoutingKeysCanHold(_ name: String) {
        #expect(PartitionName(name)?.text == name)
    }

    @Test(arguments: ["", "P1", "a.b", "a*", "#", "a b", "a_b", "ä", "a\u{0}", String(repeating: "x", count: 33)])
    func otherNamesAreNone(_ name: String) {
        #expect(PartitionName(name) == nil)
    }

    @Test func aFingerprintHas32Bytes() {
        #expect(CertificateFingerprint([UInt8](repeating: 1, count: 31)) == nil)
        #expect(CertificateFingerprint([UInt8](repeating: 1, count: 33)) == nil)
        let fingerprint = CertificateFingerprint((0..<32).map { UInt8($0) })
        let text = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
        #expect(fingerprint?.description == text)
        #expect(CertificateFingerprint(hexadecimal: text.uppercased()) == fingerprint)
        let colons = stride(from: 0, to: 64, by: 2).map { start in
            String(text.dropFirst(start).prefix(2))
        }.joined(separator: ":")
        #expect(CertificateFingerprint(hexadecimal: colons) == fingerprint)
        for wrong in ["", String(text.dropLast()), text + "00", "g" + text.dropFirst(), " " + text.dropFirst()] {
            #expect(CertificateFingerprint(hexadecimal: wrong) == nil, "\(wrong)")
        }
    }

    @Test func hexadecimalIsReadInEitherCaseAndWrittenInOne() {
        #expect(Hexadecimal.decode("00fFa9".utf8) == [0x00, 0xFF, 0xA9])
        #expect(Hexadecimal.encode([0x00, 0xFF, 0xA9]) == "00ffa9")
        #expect(Hexadecimal.decode("".utf8) == [])
        for wrong in ["0", "0g", " 0", "0x", "é"] { #expect(Hexadecimal.decode(wrong.utf8) == nil, "\(wrong)") }
    }

    @Test func timesSaturate() {
        #expect(at(5).advanced(bySeconds: -10) == at(-5))
        #expect(Timestamp(secondsSince1970: .max).advanced(bySeconds: 1).secondsSince1970 == .max)
        #expect(Timestamp(secondsSince1970: .min).advanced(bySeconds: -1).secondsSince1970 == .min)
        #expect(at(1) < at(2))
    }

    /// They travel between processes of different versions, and stand in the store.
    @Test func numbersKeepTheirMeaning() {
        #expect(ObjectState.allCases.map(\.rawValue) == [1, 2, 3, 4, 5, 6])
        let codes = Array(1...33) + Array(35...41) + [45, 46, 47] + Array(60...64) + [50] + Array(70...72)
        #expect(OperationFailure.Code.allCases.map(\.rawValue) == codes)
        #expect(OperationFailure.Code(rawValue: 20) == .recordCorrupted)
        #expect(OperationFailure.Code(rawValue: 29) == .conflict)
        #expect(OperationFailure.Code(rawValue: 30) == .keyNotFound)
    }
}
