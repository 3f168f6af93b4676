import Cryptography
import Foundation
import KMIP
import KMIPClient
import PipelineSite
import TestServices
import Testing

extension EndToEnd {
    /// Clients that are not ours.
    @Suite struct ForeignClients {
        // MARK: - PyKMIP

        private struct PythonReport: Decodable {
            /// Get Attributes of a key that was just made.
            struct Attributes: Decodable, Equatable {
                enum CodingKeys: String, CodingKey {
                    case objectType = "Object Type"
                    case algorithm = "Cryptographic Algorithm"
                    case length = "Cryptographic Length"
                    case usageMask = "Cryptographic Usage Mask"
                    case state = "State"
                    case name = "Name"
                }

                var objectType: String
                var algorithm: String
                var length: Int
                var usageMask: Int32
                var state: String
                var name: String?
            }

            struct Run: Decodable {
                var tls: String
                var kmip: String
                var error: String?
                var negotiated: String?
                var cipher: String?
                var identifier: String?
                var name: String?
                var located: [String]?
                var algorithm: String?
                var length: Int?
                var keySHA256: String?
                var attributes: Attributes?
                var attributeNames: [String]?
                var states: [String]?
                var destroyWhileActive: String?
                var getAfterDestroy: String?
            }

            var runs: [Run]
        }

        private static let repository = URL(fileURLWithPath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

        /// A file of the repository, by its path in it.
        static func file(_ path: String) -> String { repository.appendingPathComponent(path).path }

        /// An interpreter that has PyKMIP and schemathesis: of `make test`'s virtual environment, unless `KEYFERRY_PYTHON` names another.
        static var python: String? {
            let made = repository.appendingPathComponent(".build/foreign-clients/bin/python").path
            let path = ProcessInfo.processInfo.environment["KEYFERRY_PYTHON"] ?? made
            return FileManager.default.isExecutableFile(atPath: path) ? path : nil
        }

        private func runPyKMIP(
            _ site: PipelineSite,
            as client: SiteClient,
            gateway: Int,
            _ more: [String] = []
        ) async throws -> [PythonReport.Run] {
            let folder = try TemporaryFolder()
            let files = try client.write(in: folder.path)
            let script = Self.file("Tests/ForeignClients/pykmip_lifecycle.py")
            let finished = try await FinishedProgram.run(
                try #require(Self.python, "PyKMIP is not installed: make foreign-clients"),
                [
                    script, "--port", "\(site.gatewayPorts[gateway - 1])", "--cert", files.certificateFile,
                    "--key", files.keyFile, "--ca", site.home + "/tls/gateway.pem",
                ] + more
            )
            // Whatever the libraries warn about stands before the report.
            let json = finished.output.range(of: "{\n").map { finished.output[$0.lowerBound...] } ?? ""
            do {
                return try JSONDecoder().decode(PythonReport.self, from: Data(json.utf8)).runs
            } catch {
                throw PipelineSiteError("no report: \(finished.output)")
            }
        }

        @Test(.enabled(if: ServiceRequirement.areAllRequired || python != nil))
        func pyKMIPLivesAKeysLifeInEveryVersion() async throws {
            let site = try await StandingSite.site()
            let runs = try await runPyKMIP(
                site,
                as: try await site.registeredClient("pykmip", kind: .rsa2048),
                gateway: 1
            )
            #expect(runs.count == 10)
            for run in runs {
                #expect(run.error == nil, "TLS \(run.tls), KMIP \(run.kmip)")
                #expect(run.negotiated == "TLSv\(run.tls)")
                #expect(run.located == [run.identifier ?? ""])
                #expect(run.algorithm == "AES" && run.length == 256)
                #expect(run.states == ["PRE_ACTIVE", "ACTIVE", "DEACTIVATED"])
                #expect(run.destroyWhileActive == "PERMISSION_DENIED")
                #expect(run.getAfterDestroy == "ITEM_NOT_FOUND")
                let attributes = PythonReport.Attributes(
                    objectType: "SYMMETRIC_KEY",
                    algorithm: "AES",
                    length: 256,
                    usageMask: CryptographicUsageMask([.encrypt, .decrypt]).rawValue,
                    state: "PRE_ACTIVE",
                    name: run.name
                )
                #expect(run.attributes == attributes, "TLS \(run.tls), KMIP \(run.kmip)")
                #expect(run.attributeNames == Self.attributeNames(in: run.kmip), "TLS \(run.tls), KMIP \(run.kmip)")
            }
        }

        /// Get Attribute List of a key that was just made with a name, sorted. Original Creation Date came with 1.2.
        private static func attributeNames(in version: String) -> [String] {
            let names = [
                "Cryptographic Algorithm", "Cryptographic Length", "Cryptographic Usage Mask", "Digest", "Initial Date",
                "Last Change Date", "Name", "Object Type", "State", "Unique Identifier",
            ]
            return (version >= "1.2" ? names + ["Original Creation Date"] : names).sorted()
        }

        /// In every version, over TLS 1.2 and 1.3: the same bytes as our own client's.
        @Test(.enabled(if: ServiceRequirement.areAllRequired || python != nil))
        func pyKMIPReadsTheKeysThatWeReadInEveryVersion() async throws {
            let site = try await StandingSite.site()
            let client = try await site.registeredClient("pykmip-keys")
            let runs = try await runPyKMIP(site, as: client, gateway: 2, ["--keep"])
            #expect(runs.count == 10)
            for run in runs {
                #expect(run.error == nil, "TLS \(run.tls), KMIP \(run.kmip)")
                let identifier = try #require(run.identifier)
                let key = try await site.conversing(as: client) { try await $0.get(identifier).keyBytes() }
                let hash = SHA256.hash(key).map { String(format: "%02x", $0) }.joined()
                #expect(run.keySHA256 == hash, "TLS \(run.tls), KMIP \(run.kmip)")
            }
        }

        @Test(
            .enabled(if: ServiceRequirement.areAllRequired || python != nil),
            arguments: ["AES128-SHA256", "AES256-SHA256", "ECDHE-RSA-AES256-GCM-SHA384"]
        )
        func pyKMIPReadsTheKeysThatWeRead(cipher: String) async throws {
            let site = try await StandingSite.site()
            let client = try await site.registeredClient("pykmip-\(cipher)")
            let runs = try await runPyKMIP(
                site,
                as: client,
                gateway: 2,
                ["--tls", "1.2", "--kmip", "1.1", "1.4", "--ciphers", cipher, "--keep"]
            )
            #expect(runs.count == 2)
            for run in runs {
                #expect(run.error == nil)
                #expect(run.cipher == cipher)
                let identifier = try #require(run.identifier)
                let key = try await site.conversing(as: client) { try await $0.get(identifier).keyBytes() }
                let hash = SHA256.hash(key).map { String(format: "%02x", $0) }.joined()
                #expect(run.keySHA256 == hash)
            }
        }

        // MARK: - openssl and curl

        /// What `openssl s_client` says of a handshake with the gateway.
        private func openSSL(_ site: PipelineSite, as client: SiteClient?, _ arguments: [String]) async throws -> String
        {
            let folder = try TemporaryFolder()
            var all = ["s_client", "-connect", "127.0.0.1:\(site.gatewayPorts[0])", "-no_ign_eof"] + arguments
            if let client {
                let files = try client.write(in: folder.path)
                all += ["-cert", files.certificateFile, "-key", files.keyFile]
            }
            return try await FinishedProgram.run("/usr/bin/openssl", all).output
        }

        @Test(
            .enabled(if: ServiceRequirement.openSSL.isMet),
            arguments: [
                (["-tls1_2", "-cipher", "AES128-SHA256"], "AES128-SHA256"),
                (["-tls1_2", "-cipher", "AES256-SHA256"], "AES256-SHA256"),
                (["-tls1_2"], "ECDHE-RSA-AES256-GCM-SHA384"),
                (["-tls1_3"], "TLS_AES_256_GCM_SHA384"),
            ]
        )
        func openSSLHandshakes(arguments: [String], cipher: String) async throws {
            let site = try await StandingSite.site()
            for client in [nil, try site.firstClient()] {
                let said = try await openSSL(site, as: client, arguments)
                #expect(said.contains("Cipher is \(cipher)"))
                #expect(said.contains("CN = keyferry gateway"))
                #expect(!said.contains("Compression: zlib"))
                if arguments.contains("-tls1_2") { #expect(said.contains("Compression: NONE")) }
            }
        }

        /// The admin front, with an operator's certificate and without: a handshake is made with those of our CA alone.
        @Test(.enabled(if: ServiceRequirement.openSSL.isMet), arguments: ["-tls1_2", "-tls1_3"])
        func openSSLNeedsAnOperatorsCertificate(version: String) async throws {
            let site = try await StandingSite.site()
            let basis = [
                "s_client", "-connect", "localhost:\(site.adminPort)", version, "-CAfile",
                site.home + "/authorities/services.pem", "-verify_return_error", "-ign_eof",
            ]
            let operators = ["-cert", site.home + "/operators/first.pem", "-key", site.home + "/operators/first.key"]
            // A request of HTTP/1.1 would need standard input: without one the server closes the idle connection.
            let served = try await FinishedProgram.run("/usr/bin/openssl", basis + operators)
            #expect(served.output.contains("Verify return code: 0 (ok)"))
            #expect(!served.output.contains("alert"))
            let nobody = try await FinishedProgram.run("/usr/bin/openssl", basis)
            #expect(nobody.output.contains("alert"))
        }

        /// The gateway: the handshake is made without a client's certificate, and the connection closed at the request.
        @Test func curlIsNoClientOfTheGateway() async throws {
            let site = try await StandingSite.site()
            let said = try await FinishedProgram.run(
                "/usr/bin/curl",
                [
                    "--silent", "--show-error", "--verbose", "--cacert", site.home + "/tls/gateway.pem",
                    "https://localhost:\(site.gatewayPorts[0])/",
                ]
            )
            #expect(said.exitCode == 52 || said.exitCode == 56, "\(said.output)")
            #expect(said.output.contains("SSL connection using TLSv1.3"))
            try await site.waitUntilServing()
        }

        @Test(
            .enabled(if: ServiceRequirement.openSSL.isMet),
            arguments: [
                ["-tls1", "-cipher", "ALL:@SECLEVEL=0"], ["-tls1_1", "-cipher", "ALL:@SECLEVEL=0"],
                ["-tls1_2", "-cipher", "AES128-SHA"],
            ]
        )
        func whatIsOutOfDateIsRefused(arguments: [String]) async throws {
            let site = try await StandingSite.site()
            let said = try await openSSL(site, as: nil, arguments)
            #expect(said.contains("Cipher is (NONE)"))
            try await site.waitUntilServing()
        }

        /// The admin front: with an operator's certificate, and without.
        @Test func curlNeedsAnOperatorsCertificate() async throws {
            let site = try await StandingSite.site()
            let url = "https://localhost:\(site.adminPort)/v1/instances"
            let trust = ["--silent", "--show-error", "--cacert", site.home + "/authorities/services.pem"]
            let operators = ["--cert", site.home + "/operators/first.pem", "--key", site.home + "/operators/first.key"]
            let served = try await FinishedProgram.run("/usr/bin/curl", trust + operators + [url])
            #expect(served.exitCode == 0)
            #expect(served.output.contains(try await site.instanceName()))

            let nobody = try await FinishedProgram.run("/usr/bin/curl", trust + [url])
            #expect(nobody.exitCode != 0)
            #expect(!nobody.output.contains("kmip-"))

            // A certificate of another CA, and one of ours that is no operator's.
            let folder = try TemporaryFolder()
            let stranger = try SiteClient.make("stranger").write(in: folder.path)
            let service = (site.home + "/identities/gateway.pem", site.home + "/identities/gateway.key")
            for files in [stranger, service] {
                let refused = try await FinishedProgram.run(
                    "/usr/bin/curl",
                    trust + ["--cert", files.0, "--key", files.1, url]
                )
                #expect(refused.exitCode != 0)
            }
        }
    }
}
