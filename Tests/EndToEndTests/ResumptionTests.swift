import PipelineSite
import TLSTestPeers
import TestServices
import Testing

extension EndToEnd {
    /// Sessions of TLS that are resumed: the client does not show its certificate again, and is judged by it as before.
    @Suite(.enabled(if: ServiceRequirement.openSSL.isMet)) struct Resumption {
        /// Query Server Information. No byte of it is above 127.
        private static let query = String(
            decoding: Wire.message(Wire.header(), Wire.batchItem(0x18, Wire.enumeration(0x420074, 3))),
            as: UTF8.self
        )

        /// For a connection to the first gateway.
        private func options(_ site: PipelineSite, _ version: String) -> [String] {
            ["s_client", "-connect", "127.0.0.1:\(site.gatewayPorts[0])", version]
        }

        /// Makes a handshake and sends the query. The connection stays open.
        private func ask(_ options: [String], in folder: TLSTestPeers.TemporaryFolder) async throws -> OpenSSLProcess {
            let process = try OpenSSLProcess(options, in: folder)
            try await process.waitForOutput("Verify return code")
            try process.send(Self.query)
            return process
        }

        /// A resumed session is served as the client that made it.
        @Test(arguments: ["-tls1_2", "-tls1_3"]) func aResumedSessionIsTheSameClient(version: String) async throws {
            let site = try await StandingSite.site()
            let client = try await site.registeredClient("resuming\(version)")
            let folder = try TLSTestPeers.TemporaryFolder()
            let session = folder.path("session")
            let identity = try folder.openSSLArguments(for: client.identity, named: "client")
            func serve(_ arguments: [String]) async throws -> String {
                let process = try await ask(options(site, version) + arguments, in: folder)
                try await process.waitForOutput("Keyferry")
                try process.closeInput()
                return try await process.waitForEnd()
            }
            #expect(try await serve(identity + ["-sess_out", session]).contains("New, "))
            // The certificate is in the session; it is not given this time.
            for _ in 0..<2 {
                #expect(try await serve(["-sess_in", session, "-sess_out", session]).contains("Reused, "))
            }
        }

        /// The connection that showed the certificate and one that resumed its session are both ended. The session can
        /// still be resumed, and nothing is answered on it.
        @Test(arguments: ["-tls1_2", "-tls1_3"]) func removalEndsResumedConnections(version: String) async throws {
            let site = try await StandingSite.site()
            let client = try await site.registeredClient("resuming-leaver\(version)")
            let folder = try TLSTestPeers.TemporaryFolder()
            let session = folder.path("session")
            let identity = try folder.openSSLArguments(for: client.identity, named: "client")
            let first = try await ask(options(site, version) + identity + ["-sess_out", session], in: folder)
            try await first.waitForOutput("Keyferry")
            let resuming = options(site, version) + ["-sess_in", session]
            let second = try await ask(resuming + ["-sess_out", session], in: folder)
            try await second.waitForOutput("Keyferry")
            #expect(first.output.contains("New, ") && second.output.contains("Reused, "))

            try await site.removeCertificate(of: client)
            // By the gateway: nobody says anything on them, and their input stays open.
            for connection in [first, second] { try await connection.waitForEnd() }
            let ends = try await site.waitForConnectionEnds(2, of: client)
            #expect(ends.compactMap { $0.field("reason") } == ["certificateRemoved", "certificateRemoved"], "\(ends)")
            #expect(ends.compactMap { $0.field("resumed") }.sorted() == ["false", "true"], "\(ends)")
            #expect(ends.allSatisfy { $0.field("requests") == "1" }, "\(ends)")

            let late = try await ask(resuming, in: folder)
            let said = try await late.waitForEnd()
            #expect(said.contains("Reused, ") && !said.contains("Keyferry"), "\(said)")
            let refusals = try await site.waitForConnectionEnds(3, of: client).dropFirst(2)
            #expect(refusals.compactMap { $0.field("reason") } == ["notRegistered"], "\(refusals)")
            #expect(refusals.allSatisfy { $0.field("resumed") == "true" && $0.field("requests") == "0" }, "\(refusals)")
        }
    }
}
