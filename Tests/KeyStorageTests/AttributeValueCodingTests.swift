import KeyModel
import Testing

@testable import KeyStorage

@Suite struct AttributeValueCodingTests {
    private static let samples: [(AttributeValue, [UInt8])] = [
        (.integer(-2), [2, 0xFF, 0xFF, 0xFF, 0xFE]),
        (.longInteger(1), [3, 0, 0, 0, 0, 0, 0, 0, 1]),
        (.bigInteger([0x80]), [4, 0, 0, 0, 0, 0, 0, 0, 1, 0x80]),
        (.enumeration(3), [5, 0, 0, 0, 3]),
        (.boolean(true), [6, 1]),
        (.text("ä"), [7, 0, 0, 0, 0, 0, 0, 0, 2, 0xC3, 0xA4]),
        (.bytes([]), [8, 0, 0, 0, 0, 0, 0, 0, 0]),
        (.dateTime(Timestamp(secondsSince1970: -1)), [9, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF]),
        (.interval(60), [10, 0, 0, 0, 60]),
        (
            .structure([AttributeValue.Field(name: "N", value: .boolean(false))]),
            [
                1, 0, 0, 0, 0, 0, 0, 0, 1,  // one field
                0, 0, 0, 0, 0, 0, 0, 1, 0x4E,  // its name
                0, 0, 0, 0, 0, 0, 0, 2, 6, 0,  // its value
            ]
        ),
    ]

    @Test(arguments: samples.indices)
    func encodesAndDecodes(_ index: Int) {
        let (value, bytes) = Self.samples[index]
        #expect(AttributeValueCoding.encode(value) == bytes)
        #expect(AttributeValueCoding.decode(bytes) == value)
    }

    @Test(arguments: samples.indices)
    func bytesThatEndEarlyOrLateAreRefused(_ index: Int) {
        let bytes = Self.samples[index].1
        for count in 0..<bytes.count {
            #expect(AttributeValueCoding.decode(Array(bytes.prefix(count))) == nil)
        }
        #expect(AttributeValueCoding.decode(bytes + [0]) == nil)
    }

    @Test(
        arguments: [
            [0], [11, 0, 0, 0, 0],  // no such types
            [6, 2],  // neither true nor false
            [7, 0, 0, 0, 0, 0, 0, 0, 1, 0xFF],  // no UTF-8
            [8, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF],  // a length beyond Int
            [1, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF],  // fields without end
        ] as [[UInt8]]
    )
    func otherBytesAreRefused(_ bytes: [UInt8]) {
        #expect(AttributeValueCoding.decode(bytes) == nil)
    }
}
