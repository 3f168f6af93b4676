import KeyModel
import Testing

/// What Locate finds (KMIP 1.4, 4.9).
struct ObjectFilterTests {
    private func matches(_ wanted: [Attribute], _ object: ManagedObject) -> Bool {
        ObjectFilter(attributes: wanted).matches(object)
    }

    @Test func everyAttributeMustMatch() throws {
        let object = try ManagedObject.key([.custom("x-a", "1"), .custom("x-b", "2")])
        #expect(matches([], object))
        #expect(matches([.custom("x-a", "1")], object))
        #expect(matches([.custom("x-a", "1"), .custom("x-b", "2")], object))
        #expect(!matches([.custom("x-a", "1"), .custom("x-b", "1")], object))
        #expect(!matches([.custom("x-c", "1")], object))
        #expect(!matches([Attribute(name: AttributeName("x-a"), value: .integer(1))], object))
        #expect(!matches([.custom("X-A", "1")], object))
    }

    @Test func anyInstanceMatchesUnlessAnIndexIsGiven() throws {
        let object = try ManagedObject.key([.custom("x-a", "1"), .custom("x-a", "2")])
        #expect(matches([.custom("x-a", "2")], object))
        #expect(matches([.custom("x-a", "1"), .custom("x-a", "2")], object))
        #expect(matches([.custom("x-a", index: 1, "2")], object))
        #expect(!matches([.custom("x-a", index: 1, "1")], object))
        #expect(!matches([.custom("x-a", index: 2, "2")], object))
    }

    @Test func fieldsAreFoundAsAttributes() throws {
        let object = try ManagedObject.key([.date(.activationDate, 100)])
        let present: [Attribute] = [
            .aes, .bits256, Attribute(name: .objectType, value: .enumeration(2)),
            Attribute(name: .state, value: .enumeration(1)), Attribute(name: .uniqueIdentifier, value: .text("u")),
            .date(.activationDate, 100), .date(.initialDate, 0), .date(.originalCreationDate, 0),
        ]
        #expect(matches(present, object))
        for wanted in present { #expect(matches([wanted], object)) }
        let absent: [Attribute] = [
            Attribute(name: .cryptographicAlgorithm, value: .enumeration(2)),
            Attribute(name: .cryptographicLength, value: .integer(128)),
            Attribute(name: .state, value: .enumeration(2)), .date(.activationDate, 101),
            .date(.deactivationDate, 0), Attribute(name: AttributeName("Unheard Of"), value: .integer(0)),
        ]
        for wanted in absent { #expect(!matches([wanted], object), "\(wanted)") }
    }

    @Test func aUsageMaskAsksForItsBits() throws {
        let object = try ManagedObject.key()
        let masks: [(Int32, Bool)] = [(0, true), (0x04, true), (0x0C, true), (0x0D, false), (0x10, false), (-1, false)]
        for (mask, expected) in masks {
            let wanted = Attribute(name: .cryptographicUsageMask, value: .integer(mask))
            #expect(matches([wanted], object) == expected, "\(mask)")
        }
    }

    @Test func aDateGivenTwiceIsARange() throws {
        let object = try ManagedObject.key([.date(.activationDate, 100)])
        let ranges: [(Int64, Int64, Bool)] = [
            (50, 150, true), (150, 50, true), (100, 100, true), (100, 150, true), (50, 100, true), (101, 150, false),
            (0, 99, false),
        ]
        for (one, other, expected) in ranges {
            let wanted = [Attribute.date(.activationDate, one), .date(.activationDate, other)]
            #expect(matches(wanted, object) == expected, "\(one) \(other)")
        }
        #expect(!matches([.date(.deactivationDate, 0), .date(.deactivationDate, 1)], object))
        let three = [50, 100, 150].map { Attribute.date(.activationDate, $0) }
        #expect(!matches(three, object))
    }
}
