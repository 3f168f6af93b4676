import AuthorityKeeping
import KeyModel
import KeyStorage
import PipelineFixtures
import TestServices
import Testing

@testable import Worker

/// The steps of an instance's removal, as operators check them off.
@Suite(.enabled(if: ServiceRequirement.softHSM.isMet))
struct RemovalStepIntegrationTests {
    private func progress(_ request: InstanceRequest, _ site: TestSite) throws -> RemovalProgress {
        guard case .operator(.instance(.removalSteps(let progress)))? = try site.sendOperators(.instance(request))
        else {
            throw FixtureError("not shown")
        }
        return progress
    }

    private func check(_ step: RemovalStep, _ isChecked: Bool = true) -> InstanceRequest {
        .checkRemovalStep(name: "kmip-one", step, isChecked: isChecked)
    }

    @Test func stepsAreCheckedOffByNameAndTime() async throws {
        try await SoftHSMModule.withToken { token in
            let site = try TestSite(token)
            _ = try site.create()
            let before = site.authority
            let nothing = try progress(.removalSteps(name: "kmip-one"), site)
            #expect(nothing.checks.isEmpty && nothing.rootKeyName == "test" && !nothing.otherInstances.isEmpty)
            #expect(nothing.description.objectCounts.values.reduce(0, +) == 1)

            let checked = try progress(check(.hosts), site)
            let manager = try #require(before.operators.first { $0.fingerprint == site.manager })
            let now = Timestamp(secondsSince1970: site.clock.now / 1_000)
            let expected = RemovalCheck(step: .hosts, operator: site.manager, operatorName: manager.name, time: now)
            #expect(checked.checks == [expected])
            #expect(try progress(.removalSteps(name: "kmip-one"), site).checks == [expected])
            site.clock.advance(byMilliseconds: 60_000)
            #expect(try progress(check(.hosts), site).checks.first?.time == now.advanced(bySeconds: 60))
            #expect(try progress(check(.virtualMachines), site).checks.count == 2)
            #expect(try progress(check(.hosts, false), site).checks.map(\.step) == [.virtualMachines])
            // One that is not checked off can be unchecked.
            #expect(try progress(check(.hosts, false), site).checks.map(\.step) == [.virtualMachines])

            #expect(site.authority == before)
            let events = try site.worker.auditEvents().filter {
                $0.action == .removalStepCheck || $0.action == .removalStepUncheck
            }
            #expect(events.map(\.object?.text) == ["hosts", "hosts", "virtual-machines", "hosts", "hosts"])
            #expect(events.allSatisfy { $0.initiator == "Operator-\(site.manager)" })
        }
    }

    @Test func whoMayAndWhatIsThere() async throws {
        try await SoftHSMModule.withToken { token in
            let site = try TestSite(token)
            let request = OperatorJob.Request.instance(check(.hosts))
            #expect(try site.sendOperators(request, by: site.viewer)?.failureCode == .operatorNotAuthorized)
            #expect(
                try site.sendOperators(request, expecting: RecordTag(fields: []))?.failureCode == .preconditionFailed
            )
            let tag = try #require(site.instance("kmip-one")).tag
            #expect(try site.sendOperators(request, expecting: tag)?.failureCode == nil)
            let nowhere = OperatorJob.Request.instance(.checkRemovalStep(name: "kmip-no", .hosts, isChecked: true))
            #expect(try site.sendOperators(nowhere)?.failureCode == .itemNotFound)
            #expect(try site.sendOperators(.instance(.removalSteps(name: "kmip-no")))?.failureCode == .itemNotFound)
        }
    }

    @Test func aRepeatIsAnsweredAsTheFirstTime() async throws {
        try await SoftHSMModule.withToken { token in
            let site = try TestSite(token)
            let job = try site.sealOperators(.instance(check(.hosts)))
            let first = try site.worker.deliver(job)
            #expect(first?.failureCode == nil && first != nil)
            #expect(try site.anotherWorker().deliver(job, isRedelivered: true) == first)
            #expect(try site.count("removal_checks") == 1)
        }
    }

    @Test func checksGoWithTheirInstance() async throws {
        try await SoftHSMModule.withToken { token in
            let site = try TestSite(token)
            _ = try progress(check(.hosts), site)
            let remove = OperatorJob.Request.instance(.remove(name: "kmip-one", repeatedName: nil))
            #expect(try site.sendOperators(remove)?.failureCode == nil)
            try site.worker.processor.store.write { try $0.pruneRemovalChecks() }
            #expect(try site.count("removal_checks") == 0)
        }
    }

    @Test func aFalsifiedCheckIsFound() async throws {
        try await SoftHSMModule.withToken { token in
            let site = try TestSite(token)
            _ = try progress(check(.hosts), site)
            try site.tamper("UPDATE removal_checks SET checked = checked - 86400")
            let reply = try site.sendOperators(.instance(.removalSteps(name: "kmip-one")))
            #expect(reply?.failureCode == .recordCorrupted)
        }
    }
}
