import Testing

@testable import LocalSite

@Suite struct SitePlanTests {
    private func plan(monitoringPort: UInt16?) -> SitePlan {
        SitePlan(home: "/h", binaries: "/b", workerCount: 3, monitoringPort: monitoringPort)
    }

    /// The first three as where each process has a machine of its own, and none twice.
    @Test func everyProcessIsMonitoredAtAPortOfItsOwn() {
        let plan = plan(monitoringPort: 9_701)
        let roles: [SiteRole] = [.gateway, .worker(1), .admin, .worker(2), .worker(3)]
        #expect(roles.map(plan.monitoringPort(of:)) == [9_701, 9_702, 9_703, 9_711, 9_712])
        #expect(plan.launch(.worker(2)).environment["KEYFERRY_MONITORING_PORT"] == "9711")
    }

    @Test func withoutAFirstPortEachHasAnyFreeOne() {
        #expect(plan(monitoringPort: nil).launch(.gateway).environment["KEYFERRY_MONITORING_PORT"] == "0")
    }
}
