import AdminClient
import Foundation
import KMIP
import KMIPClient
import LocalSite
import PipelineSite
import Testing

extension EndToEnd {
    /// The processes as operators see them.
    @Suite struct Monitoring {
        private static let members: [SiteMember] = [.gateway(1), .worker(1), .admin]

        /// The numbers before and after something, for their differences.
        private struct Change {
            let before: MetricValues
            let after: MetricValues

            func of(_ series: String) -> Double { (after[series] ?? .nan) - (before[series] ?? 0) }
        }

        private func change(
            of member: SiteMember,
            in site: PipelineSite,
            _ body: () async throws -> Void
        ) async throws -> Change {
            let before = try await site.metrics(of: member)
            try await body()
            return Change(before: before, after: try await site.metrics(of: member))
        }

        /// Create, two Gets, a Get of nothing, Destroy: five requests on one connection.
        private func converse(with site: PipelineSite) async throws {
            let client = try site.firstClient()
            let served = try await site.metrics(of: .gateway(1))[
                "keyferry_kmip_connections_ended_total{reason=\"finished\"}"
            ]
            try await site.conversing(as: client) { kmip in
                let key = try await kmip.createKey()
                for _ in 1...2 { _ = try await kmip.get(key) }
                await #expect(throws: KMIPClientError.self) { _ = try await kmip.get("no-such-key") }
                _ = try await kmip.destroy(key)
            }
            // The connection is over for the server, too.
            try await site.wait("the connection's end") {
                let series = "keyferry_kmip_connections_ended_total{reason=\"finished\"}"
                return try await site.metrics(of: .gateway(1))[series] == (served ?? 0) + 1
            }
        }

        @Test func countersMoveByWhatWasDone() async throws {
            try await withSite { site in
                // What waited for the site to serve is over.
                try await site.wait("no connection") {
                    try await site.metrics(of: .gateway(1))["keyferry_kmip_connections"] == 0
                }
                var worker: Change?
                let gateway = try await change(of: .gateway(1), in: site) {
                    worker = try await change(of: .worker(1), in: site) { try await converse(with: site) }
                }
                let operations = "keyferry_kmip_operations_total"
                for (operation, result, count) in [
                    ("Create", "Success", 1.0), ("Get", "Success", 2), ("Get", "Item Not Found", 1),
                    ("Destroy", "Success", 1),
                ] {
                    let series = "\(operations){operation=\"\(operation)\",result=\"\(result)\"}"
                    #expect(gateway.of(series) == count, "\(series)")
                }
                let expected: [String: Double] = [
                    "keyferry_kmip_requests_total": 5, "keyferry_kmip_request_duration_seconds_count": 5,
                    "keyferry_kmip_request_duration_seconds_bucket{le=\"+Inf\"}": 5,
                    "keyferry_kmip_requests_in_progress": 0, "keyferry_kmip_connections": 0,
                    "keyferry_kmip_connections_accepted_total": 1, "keyferry_tls_handshake_duration_seconds_count": 1,
                    "keyferry_tls_handshakes_total{outcome=\"full\",version=\"1.3\"}": 1,
                    "keyferry_kmip_connections_ended_total{reason=\"finished\"}": 1,
                ]
                for (series, count) in expected { #expect(gateway.of(series) == count, "\(series)") }

                let done = try #require(worker)
                let atWorker: [String: Double] = [
                    "keyferry_jobs_done_total{kind=\"kmip\",outcome=\"done\"}": 4,
                    "keyferry_jobs_done_total{kind=\"kmip\",outcome=\"failed\"}": 1,
                    "keyferry_hsm_operation_duration_seconds_count{operation=\"generate\"}": 1,
                    "keyferry_hsm_operation_duration_seconds_count{operation=\"rewrap\"}": 2,
                    "keyferry_audit_records_total": 5, "keyferry_jobs_redelivered_total": 0,
                ]
                for (series, count) in atWorker { #expect(done.of(series) == count, "\(series)") }
                // Fingerprints are asked for by jobs as well, whenever the gateway's answer is old.
                #expect(done.of("keyferry_job_wait_seconds_count") >= 5)
                #expect(done.of("keyferry_hsm_batch_duration_seconds_count") >= 3)
                #expect(done.of("keyferry_store_commit_duration_seconds_count") >= 5)
            }
        }

        /// A client that nobody registered is counted by the reason for which it goes, and as no registered client's.
        @Test func refusedConnectionsAreCountedByReason() async throws {
            try await withSite { site in
                let stranger = try SiteClient.make("nobody")
                let gateway = try await change(of: .gateway(1), in: site) {
                    let connection = try await site.connect(as: stranger)
                    let kmip = KMIPConversation(over: connection, version: .v14)
                    await #expect(throws: KMIPClientError.self) { try await kmip.discoverVersions() }
                    await connection.close()
                    try await site.wait("the line") { site.log(of: .gateway(1)).contains(stranger.fingerprint) }
                }
                let series = "keyferry_kmip_connections_refused_total{reason=\"notRegistered\"}"
                #expect(gateway.of(series) == 1)
                let scrape = try await site.metrics(of: .gateway(1))
                #expect((scrape["keyferry_certificate_days_left{certificate=\"server\"}"] ?? 0) > 1)
                #expect(scrape["keyferry_jobs_in_flight"] == 0)
                #expect(try await site.metrics(of: .worker(1))["keyferry_hsm_sessions"] == 1)
            }
        }

        /// At the limit a stranger's connection makes room, and a registered client's does not.
        @Test func connectionsBeyondTheLimitAreCounted() async throws {
            try await withSite { site in
                try await site.stop(.gateway(1))
                try await site.start(.gateway(1), environment: ["KEYFERRY_LIMITS_CONNECTIONS": "4"])
                try await site.waitUntilServing()
                let displaced = "keyferry_kmip_connections_refused_total{reason=\"displaced\"}"
                let overLimit = "keyferry_kmip_connections_refused_total{reason=\"overLimit\"}"
                try await site.wait("no connection") {
                    try await site.metrics(of: .gateway(1))["keyferry_kmip_connections"] == 0
                }
                let before = try await site.metrics(of: .gateway(1))
                var held: [KMIPConnection] = []
                // Strangers, who say nothing: a fifth connection takes the oldest one's place.
                for _ in 0..<5 { held.append(try await site.connect(as: nil)) }
                try await site.wait("the oldest to be displaced") {
                    try await site.metrics(of: .gateway(1))[displaced] == (before[displaced] ?? 0) + 1
                }
                // Four registered clients take all places, and keep them.
                for _ in 0..<4 {
                    let connection = try await site.connect(as: try site.firstClient())
                    _ = try await KMIPConversation(over: connection, version: .v14).discoverVersions()
                    held.append(connection)
                }
                #expect(try await site.metrics(of: .gateway(1))[displaced] == (before[displaced] ?? 0) + 5)
                await #expect(throws: KMIPClientError.self) { try await site.connect(as: try site.firstClient()) }
                try await site.wait("the last to be refused") {
                    try await site.metrics(of: .gateway(1))[overLimit] == (before[overLimit] ?? 0) + 1
                }
                for connection in held { await connection.close() }
            }
        }

        /// A token that goes away under a worker: its errors are counted by code, the worker says that it can't, and with the
        /// token back it can.
        @Test func errorsOfTheTokenAreCounted() async throws {
            try await withSite { site in
                let client = try site.firstClient()
                let key = try await site.conversing(as: client) { try await $0.createKey() }
                #expect(try await site.hsmErrors() == 0)
                let tokens = site.home + "/token/tokens"
                try FileManager.default.moveItem(atPath: tokens, toPath: tokens + "-gone")
                try await site.wait("the worker to notice") { try await site.ask(.worker(1), "/readyz").status == 503 }
                #expect(try await site.hsmErrors() > 0)
                #expect(site.log(of: .worker(1)).contains("not healthy: takes no jobs"))
                try FileManager.default.moveItem(atPath: tokens + "-gone", toPath: tokens)
                try await site.waitUntilServing()
                _ = try await site.conversing(as: client) { try await $0.get(key) }
            }
        }

        /// The same in JSON: a Get by its request's name in the lines of gateway and worker, and an operator's request in
        /// those of the admin front and the worker.
        @Test func logsAreJSONWhereThatIsAskedFor() async throws {
            var options = PipelineSite.Options()
            options.environment = ["KEYFERRY_LOG_FORMAT": "json"]
            let site = try await PipelineSite.running(options)
            let key = try await site.conversing(as: try site.firstClient()) { try await $0.createKey() }
            func fields(_ member: SiteMember, _ matches: ([String: Any]) -> Bool) async throws -> [String: Any] {
                var found: [String: Any]?
                try await site.wait("a line of \(member.name)") {
                    found = site.log(of: member).split(separator: "\n").lazy
                        .compactMap { try? JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any] }
                        .compactMap { $0["fields"] as? [String: Any] }
                        .first(where: matches)
                    return found != nil
                }
                return try #require(found)
            }
            func text(_ line: [String: Any], _ name: String) -> String? { line[name] as? String }
            let operation = try await fields(.gateway(1)) { text($0, "object") == key }
            #expect(text(operation, "outcome") == "Success")
            let request = try #require(text(operation, "request"))
            let job = try await fields(.worker(1)) { text($0, "request") == request && text($0, "operations") != nil }
            #expect(text(job, "operations") == "Create")
            _ = try await site.adminClient().instances()
            let rest = try await fields(.admin) { text($0, "path") == "/v1/instances" }
            let asked = try #require(text(rest, "request"))
            let operators = try await fields(.worker(1)) { text($0, "request") == asked && text($0, "outcome") != nil }
            #expect(text(operators, "operations") == "instance.list")
            await site.end()
        }

        /// The table is what there is, and there is what the table has.
        @Test func aScrapeHasWhatTheTableSays() async throws {
            try await withSite { site in
                try await converse(with: site)
                let table = try MetricTable.read()
                for member in Self.members {
                    let scrape = try await site.metrics(of: member)
                    let rows = table.filter { $0.processes.contains(member.kind) }
                    let missing = Set(rows.map(\.name)).subtracting(scrape.types.keys)
                    // There is a series for each return code, from when it is first seen.
                    #expect(missing.subtracting(["keyferry_hsm_errors_total"]) == [], "\(member.name)")
                    #expect(Set(scrape.types.keys).subtracting(rows.map(\.name)) == [], "\(member.name)")
                    for row in rows { #expect(scrape.types[row.name].map { $0 == row.type } ?? true, "\(row.name)") }
                    #expect(scrape["keyferry_metrics_dropped_total"] == 0)
                    #expect(scrape["keyferry_ready"] == 1)
                    #expect(scrape["keyferry_broker_connected{purpose=\"fleet\"}"] == 1)
                    let days = try #require(scrape["keyferry_certificate_days_left{certificate=\"identity\"}"])
                    #expect(days > 1)
                    for client in [try site.firstClient().fingerprint, "127.0.0.1"] {
                        #expect(!scrape.series.contains { $0.contains(client) })
                    }
                }
                let gateway = try await site.metrics(of: .gateway(1))
                #expect(gateway["keyferry_workers_healthy"] == 1 && gateway["keyferry_workers_heard"] == 1)
            }
        }

        /// Not ready as soon as keys can't be had, with the reason, and ready again when they can.
        @Test func readinessIsHonest() async throws {
            try await withSite { site in
                for member in Self.members {
                    try await site.wait("\(member.name) to be ready") {
                        try await site.ask(member, "/readyz").status == 200
                    }
                    #expect(try await site.ask(member, "/readyz") == MonitoringAnswer(status: 200, body: "ready\n"))
                    #expect(try await site.ask(member, "/healthz") == MonitoringAnswer(status: 200, body: "alive\n"))
                    let healthy = try await site.health(of: member)
                    #expect(healthy.exitCode == 0 && healthy.output == "ready\n")
                }
                let fronts: [SiteMember] = [.gateway(1), .admin]
                try await site.process(.worker(1)).pause()
                for front in fronts {
                    try await site.wait("\(front.name) to be not ready") {
                        try await site.ask(front, "/readyz").status == 503
                    }
                    let answer = try await site.ask(front, "/readyz")
                    #expect(answer.body == "not ready: no worker of partition main is heard\n")
                    #expect(try await site.ask(front, "/healthz").status == 200)
                    let ill = try await site.health(of: front)
                    #expect(ill.exitCode == 1 && ill.output == answer.body)
                    #expect(try await site.health(of: front, "--live").exitCode == 0)
                }
                // It stands still, and so does its endpoint.
                #expect(try await site.health(of: .worker(1), "--live").exitCode == 1)
                try await site.process(.worker(1)).resume()
                for member in Self.members {
                    try await site.wait("\(member.name) to be ready") {
                        try await site.ask(member, "/readyz").status == 200
                    }
                }
                await site.broker.killNow()
                for member in Self.members {
                    try await site.wait("\(member.name) to miss the broker") {
                        let answer = try await site.ask(member, "/readyz")
                        return answer.status == 503 && answer.body.contains("no connection to the broker")
                    }
                }
                try await site.broker.start()
                try await site.waitUntilServing()
                try await site.kill(.worker(1))
                #expect(try await site.health(of: .worker(1)).exitCode == 1)
            }
        }

        /// One request, by its name, through three processes.
        @Test func aGetIsFollowedByItsIdentity() async throws {
            try await withSite { site in
                let client = try site.firstClient()
                let key = try await site.conversing(as: client) { kmip in
                    let key = try await kmip.createKey()
                    _ = try await kmip.get(key)
                    return key
                }
                func line(_ member: SiteMember, _ parts: String...) async throws -> Substring {
                    var found: Substring?
                    try await site.wait("a line with \(parts) of \(member.name)") {
                        found = site.log(of: member).split(separator: "\n").first { line in
                            parts.allSatisfy { line.contains($0) }
                        }
                        return found != nil
                    }
                    return try #require(found)
                }
                let operation = try await line(.gateway(1), " info ", ": operation ", "operation=Get ", "object=\(key)")
                let instance = try await site.instanceName()
                for field in ["outcome=Success", "instance=\(instance)", "address=127.0.0.1"] {
                    #expect(operation.contains(field), "\(operation)")
                }
                #expect(operation.contains(#/ ms=\d+\.\d{3} /#) && operation.contains(#/ queue-ms=\d+\.\d{3} /#))
                let request = try #require(operation.firstMatch(of: #/ request=([0-9a-f]{32}) /#)).1
                let job = try await line(.worker(1), " info ", ": job ", "request=\(request)")
                for field in ["operations=Get ", "outcome=success", "redelivered=false", "repeated=false"] {
                    #expect(job.contains(field), "\(job)")
                }
                for field in [#/ hsm-ms=\d+\.\d{3}/#, #/ store-ms=\d+\.\d{3}/#, #/ queue-ms=\d+\.\d{3}/#] {
                    #expect(job.contains(field), "\(job)")
                }
                #expect(job.contains(#/ sender=\S+/#))
                let query = """
                    import sqlite3, sys
                    store = sqlite3.connect(sys.argv[1])
                    for row in store.execute(
                        "SELECT action, object, failure FROM audit_events WHERE request_id = ?", [sys.argv[2]]
                    ):
                        print(*row)
                    """
                let records = try await FinishedProgram.run(
                    "/usr/bin/python3",
                    ["-c", query, "\(site.home)/store/keyferry.sqlite", String(request)]
                )
                #expect(records.output == "kmip-key.read \(key) None\n")
                let connection = try await line(
                    .gateway(1),
                    "KMIP connection ended",
                    "requests=2",
                    "instance=\(instance)"
                )
                for field in ["tls=\"TLS 1.3\"", "cipher=", "fingerprint=\(client.fingerprint)", "milliseconds="] {
                    #expect(connection.contains(field), "\(connection)")
                }
            }
        }

        @Test func aMonitoringPortInUseIsSaid() async throws {
            try await withSite { site in
                try await site.stop(.admin)
                let port = "\(site.monitoringPort(of: .gateway(1)))"
                let process = try await site.start(.admin, environment: ["KEYFERRY_MONITORING_PORT": port])
                #expect(await process.waitForEnd() == .exited(code: 69))
                let line = site.log(of: .admin).split(separator: "\n").last ?? ""
                #expect(
                    line.contains("cannot listen for monitoring at 127.0.0.1:\(port): the port is in use"),
                    "\(line)"
                )
            }
        }
    }
}

/// The table of `docs/monitoring.md`.
private struct MetricTable {
    struct Row {
        let name: String
        let type: String
        let processes: Set<String>
    }

    static func read() throws -> [Row] {
        let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "docs/monitoring.md")
        let rows = try String(contentsOf: file, encoding: .utf8).split(separator: "\n").compactMap { line -> Row? in
            let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
            guard cells.count == 5, cells[0].wholeMatch(of: /`[a-z_]+`/) != nil else { return nil }
            let processes = cells[3] == "all" ? "gateway, worker, admin" : cells[3]
            return Row(
                name: cells[0].replacing("`", with: ""),
                type: cells[1],
                processes: Set(processes.split(separator: ", ").map(String.init))
            )
        }
        guard rows.count > 40 else { throw PipelineSiteError("no table in \(file.path)") }
        return rows
    }
}

extension PipelineSite {
    /// Calls of the first worker's token that failed, of all codes.
    fileprivate nonisolated func hsmErrors() async throws -> Double {
        let answer = try await ask(.worker(1), "/metrics")
        return answer.body.split(separator: "\n").filter { $0.hasPrefix("keyferry_hsm_errors_total{") }
            .compactMap { $0.split(separator: " ").last.flatMap { Double($0) } }.reduce(0, +)
    }
}
