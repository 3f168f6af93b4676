import KeyModel
import Testing

/// What operators do to keys and KMIP can't, and what they see of them.
struct KeyRestoringTests {
    @Test(arguments: ObjectState.allCases)
    func onlyADeactivatedKeyIsRestored(_ state: ObjectState) throws {
        let before = try ManagedObject.key(in: state)
        var object = before
        let refused = failure { () throws(OperationFailure) in try object.restore(at: at(9)) }
        switch state {
        case .deactivated:
            #expect(refused == nil && object.state == .active && object.material == before.material)
            #expect(object.dates.lastChange == at(9))
        case .destroyed, .destroyedCompromised:
            #expect(refused == OperationFailure(.objectDestroyed) && object == before)
        case .preActive, .active, .compromised:
            #expect(refused == OperationFailure(.wrongLifecycleState) && object == before)
        }
    }

    @Test func whatSaidThatItWasOutOfServiceGoes() throws {
        var object = try ManagedObject.key()
        try object.activate(at: at(1))
        try object.revoke(RevocationReason(code: .superseded, message: "rekeyed"), occurrence: nil, at: at(2))
        try object.restore(at: at(3))
        #expect(object.state == .active && object.dates.activation == at(1))
        #expect(object.dates.deactivation == nil && object.revocationReason == nil)
        // It stays so.
        object.settle(at: at(1_000))
        #expect(object.state == .active)
        try object.revoke(RevocationReason(code: .unspecified, message: nil), occurrence: nil, at: at(4))
        #expect(object.state == .deactivated && object.dates.deactivation == at(4))
    }

    @Test func aKeyThatItsDateDeactivatedIsRestored() throws {
        var object = try ManagedObject.key([.date(.activationDate, 1), .date(.deactivationDate, 5)])
        try object.restore(at: at(6))
        object.settle(at: at(7))
        #expect(object.state == .active && object.dates.deactivation == nil)
    }

    @Test func aDescriptionHasTextsAndNoMaterial() throws {
        let name = Attribute(
            name: .name,
            value: .structure([
                AttributeValue.Field(name: "Name Value", value: .text("backup")),
                AttributeValue.Field(name: "Name Type", value: .enumeration(1)),
            ])
        )
        let number = Attribute(name: AttributeName("x-Number"), value: .integer(7))
        let object = try ManagedObject.key([
            name, number, .custom("x-Name", "vm-1"), .custom("x-Name", index: 1, "vm-2"),
        ])
        let description = KeyDescription(object, lastRetrieved: at(8))
        #expect(
            description.attributes == [
                Attribute(name: .name, value: .text("backup")), .custom("x-Name", "vm-1"),
                .custom("x-Name", index: 1, "vm-2"),
            ]
        )
        #expect(description.dates.created == at(0) && description.dates.lastRetrieved == at(8))
        #expect(description.wrapping == KeyDescription.Wrapping(rootKey: RootKeyIdentifier("r"), version: 1))
        var destroyed = object
        try destroyed.destroy(at: at(1))
        #expect(KeyDescription(destroyed, lastRetrieved: nil).wrapping == nil)
    }

    @Test func aSearchIsForAllThatItSays() throws {
        let object = try ManagedObject.key([.custom("x-Name", index: 3, "vm-1")])
        func finds(_ change: (inout KeySearch) -> Void) -> Bool {
            var search = KeySearch()
            change(&search)
            return search.matches(object)
        }
        #expect(finds { _ in })
        #expect(finds { $0.attributes = [.custom("x-Name", "vm-1")] })
        #expect(!finds { $0.attributes = [.custom("x-Name", "vm-1"), .custom("x-Name", "vm-2")] })
        #expect(finds { $0.identifierPrefix = "u" })
        #expect(!finds { $0.identifierPrefix = "ux" })
        #expect(finds { $0.states = [.preActive, .active] })
        #expect(!finds { $0.states = [.active] })
    }
}
