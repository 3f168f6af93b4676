import KeyModel
import Testing

/// KMIP 1.4, 3.22: every operation in every state.
struct StateTransitionTests {
    enum Step: String, Sendable, CaseIterable {
        case activate, deactivate, compromise, destroy
    }

    enum Expected: Sendable {
        case becomes(ObjectState)
        case fails(OperationFailure.Code)
    }

    static let table: [(ObjectState, Step, Expected)] = [
        (.preActive, .activate, .becomes(.active)),
        (.preActive, .deactivate, .fails(.wrongLifecycleState)),
        (.preActive, .compromise, .becomes(.compromised)),
        (.preActive, .destroy, .becomes(.destroyed)),

        (.active, .activate, .fails(.wrongLifecycleState)),
        (.active, .deactivate, .becomes(.deactivated)),
        (.active, .compromise, .becomes(.compromised)),
        (.active, .destroy, .fails(.wrongLifecycleState)),

        (.deactivated, .activate, .fails(.wrongLifecycleState)),
        (.deactivated, .deactivate, .fails(.wrongLifecycleState)),
        (.deactivated, .compromise, .becomes(.compromised)),
        (.deactivated, .destroy, .becomes(.destroyed)),

        (.compromised, .activate, .fails(.wrongLifecycleState)),
        (.compromised, .deactivate, .fails(.wrongLifecycleState)),
        (.compromised, .compromise, .becomes(.compromised)),
        (.compromised, .destroy, .becomes(.destroyedCompromised)),

        (.destroyed, .activate, .fails(.objectDestroyed)),
        (.destroyed, .deactivate, .fails(.objectDestroyed)),
        (.destroyed, .compromise, .becomes(.destroyedCompromised)),
        (.destroyed, .destroy, .fails(.objectDestroyed)),

        (.destroyedCompromised, .activate, .fails(.objectDestroyed)),
        (.destroyedCompromised, .deactivate, .fails(.objectDestroyed)),
        (.destroyedCompromised, .compromise, .becomes(.destroyedCompromised)),
        (.destroyedCompromised, .destroy, .fails(.objectDestroyed)),
    ]

    @Test func theTableIsWhole() {
        let pairs = Set(Self.table.map { "\($0.0) \($0.1)" })
        #expect(pairs.count == ObjectState.allCases.count * Step.allCases.count)
    }

    @Test(arguments: table)
    func aStepHasItsResult(_ state: ObjectState, _ step: Step, _ expected: Expected) throws {
        let before = try ManagedObject.key(in: state)
        var object = before
        let refused = failure { () throws(OperationFailure) in try take(step, &object) }
        switch expected {
        case .becomes(let next):
            #expect(refused == nil)
            #expect(object.state == next)
            #expect(object.dates.lastChange == at(9))
            #expect((object.material == nil) == next.isDestroyed)
        case .fails(let code):
            #expect(refused == OperationFailure(code))
            #expect(object == before)
        }
    }

    private func take(_ step: Step, _ object: inout ManagedObject) throws(OperationFailure) {
        switch step {
        case .activate: try object.activate(at: at(9))
        case .deactivate:
            let reason = RevocationReason(code: .cessationOfOperation, message: nil)
            try object.revoke(reason, occurrence: nil, at: at(9))
        case .compromise:
            try object.revoke(RevocationReason(code: .keyCompromise, message: nil), occurrence: nil, at: at(9))
        case .destroy: try object.destroy(at: at(9))
        }
    }

    @Test func eachStepLeavesItsDate() throws {
        var object = try ManagedObject.key()
        #expect(object.dates.initial == at(0) && object.dates.activation == nil)
        try object.activate(at: at(1))
        #expect(object.dates.activation == at(1))
        let reason = RevocationReason(code: .superseded, message: "rekeyed")
        try object.revoke(reason, occurrence: nil, at: at(2))
        #expect(object.dates.deactivation == at(2) && object.revocationReason == reason)
        let compromise = RevocationReason(code: .caCompromise, message: nil)
        try object.revoke(compromise, occurrence: at(-5), at: at(3))
        #expect(object.dates.compromiseOccurrence == at(-5) && object.dates.compromise == at(3))
        #expect(object.revocationReason == compromise)
        try object.destroy(at: at(4))
        #expect(object.dates.destroy == at(4) && object.dates.lastChange == at(4))
    }

    @Test func aCompromiseWithoutADateHappenedNow() throws {
        var object = try ManagedObject.key()
        try object.revoke(RevocationReason(code: .keyCompromise, message: nil), occurrence: nil, at: at(3))
        #expect(object.dates.compromiseOccurrence == at(3))
    }

    @Test(arguments: [
        (RevocationReason.Code.unspecified, false), (.keyCompromise, true), (.caCompromise, true),
        (.affiliationChanged, false), (.superseded, false), (.cessationOfOperation, false),
        (.privilegeWithdrawn, false), (RevocationReason.Code(rawValue: 0x8000_0001), false),
    ])
    func onlyTwoReasonsMeanCompromise(_ code: RevocationReason.Code, _ expected: Bool) {
        #expect(code.meansCompromise == expected)
    }

    /// What dates bring about by themselves, seen at second 10.
    @Test(
        arguments: [
            (nil, nil, ObjectState.preActive), (11, nil, .preActive), (10, nil, .active), (-1, nil, .active),
            (5, 11, .active), (5, 10, .deactivated), (11, 12, .preActive), (nil, 5, .preActive), (10, 10, .deactivated),
        ] as [(Int64?, Int64?, ObjectState)]
    )
    func datesChangeTheState(_ activation: Int64?, _ deactivation: Int64?, _ expected: ObjectState) throws {
        var object = try ManagedObject.key()
        object.dates.activation = activation.map { at($0) }
        object.dates.deactivation = deactivation.map { at($0) }
        object.settle(at: at(10))
        #expect(object.state == expected)
    }

    @Test func datesDoNotUndoWhatHappened() throws {
        for state in ObjectState.allCases where state != .preActive && state != .active {
            var object = try ManagedObject.key(in: state)
            object.dates.activation = at(1)
            object.dates.deactivation = at(2)
            object.settle(at: at(10))
            #expect(object.state == state)
        }
    }

    @Test func aKeyWhoseActivationIsPastIsMadeActive() throws {
        #expect(try ManagedObject.key([.date(.activationDate, -1)]).state == .active)
        #expect(try ManagedObject.key([.date(.activationDate, 1)]).state == .preActive)
    }

    @Test func operationsSeeTheStateThatDatesBroughtAbout() throws {
        var object = try ManagedObject.key([.date(.activationDate, 5), .date(.deactivationDate, 8)])
        #expect(failure { () throws(OperationFailure) in try object.activate(at: at(5)) }?.code == .wrongLifecycleState)
        #expect(failure { () throws(OperationFailure) in try object.destroy(at: at(6)) }?.code == .wrongLifecycleState)
        try object.destroy(at: at(8))
        #expect(object.state == .destroyed)
    }
}
