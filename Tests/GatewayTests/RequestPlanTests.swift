import KMIP
import KeyModel
import TTLV
import Testing

@testable import Gateway

/// Batches: what is a worker's, what is answered here, and what a failure stops (KMIP 1.4, 6.13 and chapter 11).
@Suite struct RequestPlanTests {
    private let fixture: GatewayFixture

    init() throws {
        fixture = try GatewayFixture()
    }

    private func plan(
        _ payloads: [RequestPayload],
        _ option: BatchErrorContinuationOption? = nil
    ) throws -> RequestPlan {
        RequestPlan(try GatewayFixture.request(payloads, option), mapping: fixture.mapping())
    }

    @Test func itemsAnsweredHereStandInTheirPlaces() throws {
        let plan = try plan([GatewayFixture.query, GatewayFixture.create, GatewayFixture.query])
        #expect(plan.operations.count == 1)
        let created = OperationOutcome.success(.created(.symmetricKey, UniqueIdentifier("k")))
        let items = plan.items([created], mapping: fixture.results())
        #expect(items.map(\.operation) == [.query, .create, .query])
        #expect(items.map(\.identifier) == [[1], [2], [3]])
        #expect(items.allSatisfy { $0.status == .success })
    }

    @Test func aFailureHereStopsWhatIsBehindIt() throws {
        let plan = try plan([GatewayFixture.create, GatewayFixture.check, GatewayFixture.create])
        #expect(plan.operations.count == 1)
        let created = OperationOutcome.success(.created(.symmetricKey, UniqueIdentifier("k")))
        let items = plan.items([created], mapping: fixture.results())
        #expect(items.map(\.status) == [.success, .operationFailed])
        #expect(items.last?.reason == .operationNotSupported)
    }

    @Test func continueDoesWhatIsBehindAFailure() throws {
        let plan = try plan([GatewayFixture.check, GatewayFixture.create], .continue)
        #expect(plan.continuesAfterFailure)
        #expect(plan.operations.count == 1)
        let created = OperationOutcome.success(.created(.symmetricKey, UniqueIdentifier("k")))
        let items = plan.items([created], mapping: fixture.results())
        #expect(items.map(\.status) == [.operationFailed, .success])
    }

    @Test func responsesBehindAWorkersFailureAreNotSent() throws {
        let plan = try plan([GatewayFixture.create, GatewayFixture.placeholderGet, GatewayFixture.query])
        let outcomes: [OperationOutcome] = [
            .failure(OperationFailure(.hsmUnavailable)), .failure(OperationFailure(.notAttempted)),
        ]
        let items = plan.items(outcomes, mapping: fixture.results())
        #expect(items.map(\.operation) == [.create])
        #expect(items.first?.reason == .generalFailure)
    }

    @Test func anAnswerThatIsTooShortFailsItsItems() throws {
        let plan = try plan([GatewayFixture.create, GatewayFixture.create], .continue)
        let items = plan.items([], mapping: fixture.results())
        #expect(items.map(\.status) == [.operationFailed, .operationFailed])
    }

    @Test func undoIsRefusedWithTheWholeRequest() throws {
        let request = try GatewayFixture.request([GatewayFixture.create, GatewayFixture.create], .undo)
        let policy = RequestPolicy(allowsTripleDES: false, refusesCredentials: false)
        #expect(policy.failure(request.header)?.reason == .featureNotSupported)
        let stop = try GatewayFixture.request([GatewayFixture.create, GatewayFixture.create], .stop)
        #expect(policy.failure(stop.header) == nil)
    }

    @Test func credentialsAreRefusedByPolicyOnly() throws {
        var header = RequestHeader(version: .v11)
        header.credentials = [Credential(username: "vcenter", password: nil)]
        #expect(RequestPolicy(allowsTripleDES: false, refusesCredentials: false).failure(header) == nil)
        let strict = RequestPolicy(allowsTripleDES: false, refusesCredentials: true)
        #expect(strict.failure(header)?.reason == .authenticationNotSuccessful)
        #expect(strict.failure(RequestHeader(version: .v11)) == nil)
    }

    /// In 1.3 no client knows a Comment: its value was not held to a type, and an answer could not show it.
    @Test func attributesOfLaterVersionsAreRefused() throws {
        let comment = KMIP.AttributeName("Comment")
        let template = TemplateAttribute(GatewayFixture.aes().attributes + [KMIP.Attribute(comment, .text("c"))])
        let deletion = RequestPayload.deleteAttribute(DeleteAttributeRequest(uniqueIdentifier: "k", name: comment))
        let old = RequestPlan(
            try GatewayFixture.request([deletion], version: .v13),
            mapping: fixture.mapping()
        )
        #expect(old.operations.isEmpty)
        guard case .answered(let item) = old.steps.first else {
            Issue.record("not answered")
            return
        }
        #expect(item.status == .operationFailed && item.reason == .invalidField)
        let new = try plan([deletion, .create(CreateRequest(objectType: .symmetricKey, template: template))])
        #expect(new.operations.count == 2)
    }

    @Test(arguments: [(ProtocolVersion.v13, false), (.v14, true)])
    func whatAVersionLacksIsNotForTheWorkerToSee(_ version: ProtocolVersion, isAllowed: Bool) {
        let comment = KeyModel.Attribute(name: .comment, value: .integer(1))
        let target = UniqueIdentifier("k")
        let changes: [(KeyModel.Operation, KMIP.Operation, ResultReason)] = [
            (.create(CreateOperation(objectType: .symmetricKey, attributes: [comment])), .create, .invalidField),
            (
                .addAttribute(AddAttributeOperation(identifier: target, attribute: comment)), .addAttribute,
                .permissionDenied
            ),
            (
                .modifyAttribute(ModifyAttributeOperation(identifier: target, attribute: comment)), .modifyAttribute,
                .invalidField
            ),
        ]
        for (operation, kind, reason) in changes {
            var refusal: ResultReason?
            do throws(ItemFailure) {
                try operation.requireAttributes(of: version, for: kind)
            } catch {
                refusal = error.reason
            }
            #expect(refusal == (isAllowed ? nil : reason), "\(kind)")
        }
    }
}
