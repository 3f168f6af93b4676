import KeyModel
import Testing

/// Add, Modify and Delete Attribute (KMIP 1.4, 4.14 to 4.16) by the rules of chapter 3.
struct AttributeChangeTests {
    private static let readOnly: [AttributeName] = [
        .uniqueIdentifier, .objectType, .digest, .state, .initialDate, .destroyDate, .compromiseOccurrenceDate,
        .compromiseDate, .revocationReason, .lastChangeDate, .originalCreationDate, AttributeName("y-server"),
    ]
    private static let fixed: [AttributeName] = [
        .cryptographicAlgorithm, .cryptographicLength, .cryptographicUsageMask, .operationPolicyName,
    ]

    @Test(arguments: readOnly + fixed)
    func whatIsTheServersCanNotBeChanged(_ name: AttributeName) throws {
        var object = try ManagedObject.key()
        let before = object
        let attribute = Attribute(name: name, value: .integer(1))
        let failures = [
            failure { () throws(OperationFailure) in try object.add(attribute, at: at(1)) },
            failure { () throws(OperationFailure) in try object.modify(attribute, at: at(1)) },
            failure { () throws(OperationFailure) in try object.deleteAttribute(name, index: 0, at: at(1)) },
        ]
        #expect(failures == Array(repeating: OperationFailure(.attributeReadOnly, attribute: name), count: 3))
        #expect(object == before)
    }

    @Test func unknownAttributesAreRefused() throws {
        var object = try ManagedObject.key()
        let name = AttributeName("Favourite Colour")
        let attribute = Attribute(name: name, value: .text("blue"))
        let failures = [
            failure { () throws(OperationFailure) in try object.add(attribute, at: at(1)) },
            failure { () throws(OperationFailure) in try object.modify(attribute, at: at(1)) },
            failure { () throws(OperationFailure) in try object.deleteAttribute(name, index: 0, at: at(1)) },
        ]
        #expect(failures == Array(repeating: OperationFailure(.attributeNotSupported, attribute: name), count: 3))
    }

    @Test func anInstanceKeepsItsIndex() throws {
        var object = try ManagedObject.key()
        let name = AttributeName("x-host")
        for (index, text) in ["a", "b", "c"].enumerated() {
            #expect(try object.add(.custom("x-host", index: 9, text), at: at(1)).index == index)
        }
        #expect(try object.deleteAttribute(name, index: 1, at: at(2)) == .custom("x-host", index: 1, "b"))
        #expect(object.attributes(named: [name]).map(\.index) == [0, 2])
        #expect(try object.add(.custom("x-host", "d"), at: at(3)).index == 3)
        #expect(try object.modify(.custom("x-host", index: 2, "C"), at: at(4)) == .custom("x-host", index: 2, "C"))
        let values = object.attributes(named: [name]).map(\.value)
        #expect(values == [.text("a"), .text("C"), .text("d")])
        #expect(object.dates.lastChange == at(4))
        for index in [1, 4, -1, Int.max] {
            let missing = failure { () throws(OperationFailure) in
                try object.deleteAttribute(name, index: index, at: at(5))
            }
            #expect(missing == OperationFailure(.attributeNotFound, attribute: name))
        }
        let absent = failure { () throws(OperationFailure) in
            try object.modify(.custom("x-host", index: 1, "B"), at: at(5))
        }
        #expect(absent?.code == .attributeNotFound)
        #expect(object.dates.lastChange == at(4))
    }

    @Test(arguments: [AttributeName.contactInformation, .description, .comment])
    func someAttributesHaveOneInstance(_ name: AttributeName) throws {
        var object = try ManagedObject.key()
        _ = try object.add(Attribute(name: name, value: .text("one")), at: at(1))
        let second = failure { () throws(OperationFailure) in
            try object.add(Attribute(name: name, value: .text("two")), at: at(1))
        }
        #expect(second == OperationFailure(.attributeHasOneInstance, attribute: name))
        _ = try object.modify(Attribute(name: name, value: .text("two")), at: at(2))
        #expect(object.attributes(named: [name]).map(\.value) == [.text("two")])
        _ = try object.deleteAttribute(name, index: 0, at: at(3))
        #expect(object.attributes(named: [name]).isEmpty)
    }

    /// Which dates may be changed in which state.
    @Test(arguments: ObjectState.allCases)
    func datesCanBeChangedInSomeStates(_ state: ObjectState) throws {
        let names: [(AttributeName, Set<ObjectState>)] = [
            (.activationDate, [.preActive]), (.processStartDate, [.preActive, .active]),
            (.protectStopDate, [.preActive, .active]), (.deactivationDate, [.preActive, .active]),
        ]
        for (name, allowed) in names {
            var object = try ManagedObject.key(in: state)
            let expected = allowed.contains(state) ? nil : OperationFailure(.attributeReadOnly, attribute: name)
            #expect(failure { () throws(OperationFailure) in try object.add(.date(name, 100), at: at(1)) } == expected)
            guard expected == nil else { continue }
            let again = failure { () throws(OperationFailure) in try object.add(.date(name, 200), at: at(2)) }
            #expect(again?.code == .attributeHasOneInstance)
            _ = try object.modify(.date(name, 300), at: at(3))
            #expect(object.attributes(named: [name]).map(\.value) == [.dateTime(at(300))])
            let deletion = failure { () throws(OperationFailure) in
                try object.deleteAttribute(name, index: 0, at: at(4))
            }
            #expect(deletion?.code == .attributeReadOnly)
        }
    }

    @Test func aDateThatIsNotThereCanNotBeModified() throws {
        var object = try ManagedObject.key()
        let absent = failure { () throws(OperationFailure) in try object.modify(.date(.activationDate, 1), at: at(1)) }
        #expect(absent?.code == .attributeNotFound)
        let text = Attribute(name: .activationDate, value: .text("tomorrow"))
        #expect(failure { () throws(OperationFailure) in try object.add(text, at: at(1)) }?.code == .invalidField)
    }

    @Test func anActivationDateThatHasComeActivates() throws {
        var object = try ManagedObject.key()
        _ = try object.add(.date(.activationDate, 5), at: at(5))
        #expect(object.state == .active)
    }

    @Test func attributesAreBoundedInSizeAndNumber() throws {
        var object = try ManagedObject.key()
        let wrong: [Attribute] = [
            .custom("x-" + String(repeating: "n", count: 255), "v"),
            .custom("x-v", String(repeating: "v", count: 8_193)),
            .custom("x-v", index: -1, "v"),
            Attribute(name: AttributeName("x-v"), value: .bytes([UInt8](repeating: 0, count: 8_193))),
            Attribute(
                name: AttributeName("x-v"),
                value: .structure((0..<600).map { .init(name: "\($0)", value: .integer(1)) })
            ),
        ]
        for attribute in wrong {
            #expect(
                failure { () throws(OperationFailure) in try object.add(attribute, at: at(1)) }?.code == .invalidField
            )
        }
        for number in 0..<AttributeLimits.count {
            _ = try object.add(.custom("x-v", "\(number)"), at: at(1))
        }
        let more = failure { () throws(OperationFailure) in try object.add(.custom("x-w", "one"), at: at(1)) }
        #expect(more?.code == .invalidField)
        #expect(object.attributes.count == AttributeLimits.count)
    }

    @Test func aListHasEveryNameOnceAndAnyOrderIsAnswered() throws {
        let object = try ManagedObject.key([.custom("x-a", "1"), .custom("x-a", "2")])
        let names = object.attributeNames
        #expect(Set(names).count == names.count)
        #expect(
            names.contains(.initialDate) && !names.contains(.activationDate) && names.contains(AttributeName("x-a"))
        )
        let asked = object.attributes(named: [.state, AttributeName("x-a"), .activationDate, .state])
        #expect(asked.map(\.name) == [.state, AttributeName("x-a"), AttributeName("x-a")])
        #expect(object.attributes(named: []).count == object.allAttributes.count)
    }
}
