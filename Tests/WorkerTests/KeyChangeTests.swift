import KeyModel
import Testing

@testable import Worker

/// What operators' requests make of a key. Pure.
struct KeyChangeTests {
    private static let now = Timestamp(secondsSince1970: 1_790_000_000)
    private static let key = UniqueIdentifier("k")
    private static let reason = RevocationReason(code: .superseded, message: "rekeyed")

    private func object(_ state: ObjectState) throws -> ManagedObject {
        let attributes = [
            Attribute(name: .cryptographicAlgorithm, value: .enumeration(3)),
            Attribute(name: .cryptographicLength, value: .integer(256)),
            Attribute(name: .cryptographicUsageMask, value: .integer(12)),
        ]
        var object = ManagedObject(
            identifier: Self.key,
            instance: InstanceIdentifier("i"),
            template: try ObjectTemplate(objectType: .symmetricKey, attributes: attributes),
            digest: [1],
            material: WrappedKeyMaterial(
                blob: [1],
                trueLength: 32,
                rootKey: RootKeyIdentifier("r"),
                rootKeyVersion: 1
            ),
            createdAt: Self.now
        )
        object.state = state
        return object
    }

    private func result(_ request: KeyRequest, on state: ObjectState) throws -> Result<ObjectState, OperationFailure> {
        let change = try #require(KeyChange(request))
        #expect(change.instance == "kmip-01" && change.key == Self.key)
        var changed = try object(state)
        do throws(OperationFailure) {
            try change.apply(to: &changed, at: Self.now)
            return .success(changed.state)
        } catch {
            return .failure(error)
        }
    }

    @Test func readsChangeNothing() {
        let part = KeyHistoryPart(limit: 1, after: nil)
        for request in [
            KeyRequest.list(instance: "i", KeySearch()), .show(instance: "i", key: Self.key),
            .history(instance: "i", key: Self.key, part),
        ] {
            #expect(KeyChange(request) == nil && request.effect == .none && request.requiredRole == nil)
        }
    }

    @Test func eachRequestHasItsStepAndItsName() throws {
        let cases: [(KeyRequest, ObjectState, ObjectState, AuditEvent.Action)] = [
            (.revoke(instance: "kmip-01", key: Self.key, Self.reason), .active, .deactivated, .keyRevoke),
            (.restore(instance: "kmip-01", key: Self.key), .deactivated, .active, .keyRestore),
            (.destroy(instance: "kmip-01", key: Self.key), .preActive, .destroyed, .keyDestroy),
        ]
        for (request, before, after, action) in cases {
            #expect(try result(request, on: before) == .success(after))
            #expect(KeyChange(request)?.action == action)
            #expect(request.effect == .objects && request.requiredRole == .kmipManager)
        }
        #expect(
            try result(.destroy(instance: "kmip-01", key: Self.key), on: .active)
                == .failure(OperationFailure(.wrongLifecycleState))
        )
    }

    @Test(arguments: [0, 8, UInt32.max])
    func aReasonIsOneOfTheStandards(_ number: UInt32) throws {
        let reason = RevocationReason(code: .init(rawValue: number), message: nil)
        #expect(
            try result(.revoke(instance: "kmip-01", key: Self.key, reason), on: .active)
                == .failure(OperationFailure(.invalidField))
        )
    }
}
