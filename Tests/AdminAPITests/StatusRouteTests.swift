import AdminTestFront
import Cryptography
import JobDispatch
import KeyModel
import NIOHTTP1
import Testing

@Suite("/v1/status")
struct StatusRouteTests {
    @Test("Everything is well")
    func serving() async throws {
        try await AdminFixture.run { admin in
            admin.jobs.set(\.fleet, Samples.fleet())
            let answer = try await admin.send(.GET, "/v1/status", as: admin.viewer)
            #expect(answer.status == 200)
            #expect(answer.json["condition"] as? String == "serving")
            let partition = try #require((answer.json["partitions"] as? [[String: Any]])?.first)
            #expect(partition["queueDepths"] as? [String: Int] == ["interactive": 4, "operator": 0, "bulk": 0])
            let details = try #require(partition["details"] as? [String: Any])
            #expect(details["tokenSerial"] as? String == "a1b2c3d4")
            let rootKey = try #require((details["rootKeys"] as? [[String: Any]])?.first)
            #expect(rootKey["currentVersion"] as? Int == 2)
        }
    }

    @Test("Certificates that end soon, of servers too, the first to end first")
    func expiring() async throws {
        try await AdminFixture.run { admin in
            let (soon, late) = (
                try admin.services.server(for: .dns("a"), days: 3), try admin.services.server(for: .dns("b"), days: 31)
            )
            let endpoints = [
                "gateway-1": FrontEndpoint(address: nil, certificate: soon.certificate.der),
                "gateway-2": FrontEndpoint(address: nil, certificate: late.certificate.der),
            ]
            admin.jobs.set(\.fleet, Samples.fleet(gateways: ["gateway-1", "gateway-2"], endpoints: endpoints))
            let expired = ExpiringCertificate(kind: .client, name: "kmip-ab/vcenter", end: AccessSamples.time)
            admin.jobs.set(
                \.answers,
                ["partition.describe": .success(.partition(Samples.partition(expiring: [expired])))]
            )
            let answer = try await admin.send(.GET, "/v1/status")
            let all = try #require(answer.json["expiringCertificates"] as? [[String: Any]])
            #expect(all.map { $0["kind"] as? String } == ["client", "server"])
            #expect(all.map { $0["name"] as? String } == ["kmip-ab/vcenter", "gateway-1"])
            #expect(answer.json["condition"] as? String == "serving")
        }
    }

    @Test(
        "Not everything is well",
        arguments: [
            (Heartbeat.Health.hsmFailing, 200, ["gateway-1"], "down", "hsm-failing"),
            (.storeFailing, 200, ["gateway-1"], "down", "store-failing"),
            (.healthy, 60_000, ["gateway-1"], "down", "silent"),
            (.healthy, 200, [], "down", "healthy"),
        ] as [(Heartbeat.Health, Int64, [String], String, String)]
    )
    func notWell(
        health: Heartbeat.Health,
        millisecondsAgo: Int64,
        gateways: [String],
        condition: String,
        shown: String
    ) async throws {
        try await AdminFixture.run { admin in
            admin.jobs.set(
                \.fleet,
                Samples.fleet(worker: health, millisecondsAgo: millisecondsAgo, gateways: gateways)
            )
            let answer = try await admin.send(.GET, "/v1/status")
            #expect(answer.json["condition"] as? String == condition)
            #expect((answer.json["workers"] as? [[String: Any]])?.first?["health"] as? String == shown)
        }
    }

    @Test(
        "It is answered while no worker can be asked",
        arguments: [DispatchError.Code.noHealthyWorker, .brokerUnavailable, .busy, .deadlinePassed]
    )
    func withoutWorker(code: DispatchError.Code) async throws {
        try await AdminFixture.run { admin in
            admin.jobs.set(\.fleet, Samples.fleet())
            admin.jobs.set(\.failure, DispatchError(code))
            let answer = try await admin.send(.GET, "/v1/status")
            #expect(answer.status == 200)
            #expect(answer.json["condition"] as? String == "degraded")
            let partition = try #require((answer.json["partitions"] as? [[String: Any]])?.first)
            #expect(partition["details"] == nil)
        }
    }

    @Test("Not for an operator without role")
    func withoutRole() async throws {
        try await AdminFixture.run { admin in
            let answer = try await admin.send(.GET, "/v1/status", as: admin.nobody)
            #expect(answer.status == 403)
        }
    }
}
