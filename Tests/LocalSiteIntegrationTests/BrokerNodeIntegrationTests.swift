import Foundation
import Testing

@testable import LocalSite

private let required = ProcessInfo.processInfo.environment["KEYFERRY_REQUIRE_SERVICES"] == "1"

@Suite(.enabled(if: required || BrokerNode.isInstalled))
struct BrokerNodeIntegrationTests {
    private func node(in folder: TemporaryFolder, port: UInt16) throws -> BrokerNode {
        BrokerNode(
            folder: folder.path + "/broker",
            credentialsFile: folder.path + "/broker.credentials",
            logFile: folder.path + "/broker.log",
            port: port
        )
    }

    @Test func startsStopsAndStartsAgain() async throws {
        try await TemporaryFolder.with { folder in
            let port = try LoopbackPort.free()
            let broker = try node(in: folder, port: port)
            try await broker.start()
            #expect(LoopbackPort.accepts(port))
            let credentials = folder.path + "/broker.credentials"
            let first = try String(contentsOfFile: credentials, encoding: .utf8)
            for file in [credentials, folder.path + "/broker/rabbitmq.conf"] {
                let mode = try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? Int
                #expect(mode == 0o600)
            }
            await broker.stop(within: .seconds(10))
            #expect(LoopbackPort.isFree(port))

            let again = try node(in: folder, port: port)
            try await again.start()
            #expect(try String(contentsOfFile: credentials, encoding: .utf8) == first)
            await again.killNow()
            try await again.start()
            #expect(LoopbackPort.accepts(port))
            await again.stop(within: .seconds(10))
        }
    }

    @Test func aTakenPortIsNamed() async throws {
        try await TemporaryFolder.with { folder in
            let port = try LoopbackPort.free()
            let first = try node(in: folder, port: port)
            try await first.start()
            let second = BrokerNode(
                folder: folder.path + "/second",
                credentialsFile: folder.path + "/second.credentials",
                logFile: folder.path + "/second.log",
                port: port
            )
            await #expect(throws: LocalSiteError(.portInUse, "")) { try await second.start() }
            await first.stop(within: .seconds(10))
        }
    }
}
