import KMIP
import KMIPClient
import LocalSite
import PipelineSite
import TLSTestPeers
import TestServices
import Testing

extension EndToEnd {
    /// What no client should send. The answer is defined, the log has a line, and the next client is served.
    @Suite struct BadInput {
        /// A message whose structure can't be believed, and what is answered; nil for a connection that is closed.
        struct Broken: Sendable, CustomTestStringConvertible {
            let testDescription: String
            let bytes: [UInt8]
            let reason: ResultReason?

            init(_ description: String, _ reason: ResultReason?, _ bytes: [UInt8]) {
                testDescription = description
                self.bytes = bytes
                self.reason = reason
            }
        }

        /// Batch Item of Discover Versions.
        private static let discover = Wire.batchItem(0x1E)

        static let broken: [Broken] = [
            Broken("not KMIP", nil, Array("GET / HTTP/1.1\r\n\r\n".utf8)),
            Broken("zeros", nil, [UInt8](repeating: 0, count: 64)),
            Broken("a response", nil, Wire.item(0x42007B, 0x01, Wire.header())),
            Broken("another type than structure", nil, Wire.item(0x420078, 0x02, Wire.bytes(1))),
            Broken("a length that is not of whole items", nil, Wire.item(0x420078, 0x01, Wire.header(), length: 13)),
            Broken("four gigabytes", nil, [0x42, 0x00, 0x78, 0x01, 0xFF, 0xFF, 0xFF, 0xF8]),
            Broken("an empty message", .invalidMessage, Wire.message()),
            Broken("a header only", .invalidMessage, Wire.message(Wire.header())),
            Broken(
                "an integer of 8 bytes",
                .invalidMessage,
                Wire.message(
                    Wire.structure(
                        0x420077,
                        Wire.structure(
                            0x420069,
                            Wire.item(0x42006A, 0x02, [0, 0, 0, 0, 0, 0, 0, 1]),
                            Wire.integer(0x42006B, 4)
                        ),
                        Wire.integer(0x42000D, 1)
                    ),
                    discover
                )
            ),
            Broken(
                "an inner length beyond the message",
                .invalidMessage,
                Wire.message(
                    Wire.item(0x420077, 0x01, [], length: 4_096),
                    discover
                )
            ),
            Broken("an unknown type", .invalidMessage, Wire.message(Wire.header(), Wire.item(0x42000F, 0x7F, [0]))),
            Broken(
                "a field of the payload that is not one",
                .invalidField,
                Wire.message(
                    Wire.header(),
                    Wire.batchItem(0x1E, Wire.structure(0x540001))
                )
            ),
            Broken(
                "an attribute 64 structures deep",
                .invalidMessage,
                Wire.message(
                    Wire.header(),
                    Wire.batchItem(
                        0x0D,
                        Wire.text(0x420094, "1"),
                        Wire.structure(
                            0x420008,
                            Wire.text(0x42000A, "x-Deep"),
                            (0..<64).reduce([]) { inner, _ in Wire.structure(0x42000B, inner) }
                        )
                    )
                )
            ),
            Broken(
                "an item behind the last",
                .invalidField,
                Wire.message(
                    Wire.header(),
                    discover,
                    Wire.integer(0x42000D, 1)
                )
            ),
            Broken(
                "bytes behind the last item",
                .invalidMessage,
                Wire.message(Wire.header(), discover, [1, 2, 3, 4, 5, 6, 7, 8])
            ),
            Broken("a batch count of 2 for 1", .invalidMessage, Wire.message(Wire.header(batchCount: 2), discover)),
            Broken("a batch count of 1 for 2", .invalidMessage, Wire.message(Wire.header(), discover, discover)),
            Broken("a batch count of 0", .invalidMessage, Wire.message(Wire.header(batchCount: 0))),
            Broken("a batch count of 2^31", .invalidMessage, Wire.message(Wire.header(batchCount: 1 << 31), discover)),
            Broken("version 1.9", .invalidMessage, Wire.message(Wire.header(minor: 9), discover)),
            Broken(
                "an unknown operation",
                .operationNotSupported,
                Wire.message(
                    Wire.header(),
                    Wire.batchItem(0x7777, Wire.text(0x420094, "1"))
                )
            ),
            Broken(
                "an operation that is not ours",
                .operationNotSupported,
                Wire.message(
                    Wire.header(),
                    Wire.batchItem(0x1F, Wire.text(0x420094, "1"))
                )
            ),
            Broken(
                "a field that is not Get's",
                .invalidField,
                Wire.message(
                    Wire.header(),
                    Wire.batchItem(0x0A, Wire.text(0x420094, "1"), Wire.text(0x42FFFF, "?"))
                )
            ),
            Broken("Get of nothing", .itemNotFound, Wire.message(Wire.header(), Wire.batchItem(0x0A))),
            Broken(
                "Activate without payload",
                .missingData,
                Wire.message(
                    Wire.header(),
                    Wire.structure(0x42000F, Wire.enumeration(0x42005C, 0x12))
                )
            ),
            Broken(
                "Create of a certificate",
                .invalidField,
                Wire.message(
                    Wire.header(),
                    Wire.batchItem(0x01, Wire.enumeration(0x420057, 1), Wire.structure(0x420091))
                )
            ),
            Broken(
                "Create of an object type that nobody knows",
                .invalidField,
                Wire.message(
                    Wire.header(),
                    Wire.batchItem(0x01, Wire.enumeration(0x420057, 0x7777), Wire.structure(0x420091))
                )
            ),
            Broken(
                "Create with an attribute that nobody knows",
                .invalidField,
                Wire.message(
                    Wire.header(),
                    Wire.batchItem(
                        0x01,
                        Wire.enumeration(0x420057, 2),
                        Wire.structure(
                            0x420091,
                            Wire.structure(
                                0x420008,
                                Wire.text(0x42000A, "Shoe Size"),
                                Wire.integer(0x42000B, 43)
                            )
                        )
                    )
                )
            ),
            Broken(
                "text that is not UTF-8",
                .invalidMessage,
                Wire.message(
                    Wire.header(),
                    Wire.batchItem(0x0A, Wire.item(0x420094, 0x07, [0xFF, 0xFE, 0xC0]))
                )
            ),
        ]

        @Test(arguments: broken) func aBrokenMessageHasADefinedAnswer(message: Broken) async throws {
            let site = try await StandingSite.site()
            let pid = try await site.process(.gateway(1)).pid
            let before = site.log(of: .gateway(1)).count
            let peer = try await site.rawConnection(as: try site.firstClient())
            let answer = try await peer.answer(to: message.bytes)
            if let reason = message.reason {
                let item = try #require(answer?.items.first)
                #expect(answer?.items.count == 1)
                #expect(item.status == .operationFailed)
                #expect(item.reason == reason, "\(item.message ?? "")")
                #expect(item.payload == nil)
            } else {
                #expect(answer == nil)
            }
            try? await peer.close()
            // Its one line: of the operation, of the request that can't be read, or of the connection that was closed for it.
            // Connections of others end meanwhile, after requests that were answered.
            func lines() -> [Substring] {
                site.log(of: .gateway(1)).dropFirst(before).split(separator: "\n").filter { line in
                    if message.reason == nil {
                        return line.contains("KMIP connection ended") && line.contains(" requests=0 ")
                    }
                    return line.contains(": operation ") || line.contains("a request can't be read")
                }
            }
            try await site.wait("a log line") { !lines().isEmpty }
            #expect(lines().count == 1, "\(lines())")
            #expect(try await site.process(.gateway(1)).end == nil)
            #expect(try await site.process(.gateway(1)).pid == pid)
            _ = try await site.conversing(as: try site.firstClient()) { try await $0.discoverVersions() }
        }

        /// An error in one message is no reason to close: the next one on the connection is served.
        @Test func aConnectionOutlivesAMessageThatCannotBeRead() async throws {
            let site = try await StandingSite.site()
            let peer = try await site.rawConnection(as: try site.firstClient())
            #expect(
                try await peer.answer(to: Wire.message(Wire.header(batchCount: 7), Self.discover))?.items.count == 1
            )
            let answer = try #require(try await peer.answer(to: Wire.message(Wire.header(minor: 1), Self.discover)))
            #expect(answer.items.first?.status == .success)
            // In the version of the request.
            #expect(answer.header.version == .v11)
            try await peer.close()
        }

        @Test func garbageInsteadOfAHandshake() async throws {
            let site = try await StandingSite.site()
            let port = Int(site.gatewayPorts[0])
            func failureCount() -> Int {
                site.lines(of: .gateway(1)).count { $0.field("reason") == "tlsFailed" }
            }
            var generator = SystemRandomNumberGenerator()
            var inputs: [[UInt8]] = [1, 5, 100, 20_000].map { count in
                (0..<count).map { _ in UInt8.random(in: 0x30...0xFF, using: &generator) }
            }
            // A plain KMIP client that forgot TLS.
            inputs.append(Wire.message(Wire.header(), Self.discover))
            for input in inputs {
                let before = failureCount()
                let end = try await site.endOfConnection {
                    let client = try await RawClient(port: port)
                    try? await client.send(input)
                    // Of less than a record's header TLS can say nothing yet: such a client goes by itself.
                    if input.count < 5 { try await client.close() } else { try await client.waitForClose() }
                }
                #expect(end.field("reason") == "tlsFailed" && end.field("requests") == "0", "\(end)")
                #expect(failureCount() == before + 1, "\(input.count) bytes")
            }
            _ = try await site.conversing(as: try site.firstClient()) { try await $0.discoverVersions() }
        }

        /// Half a request, held open: others are served meanwhile, and the limit ends it.
        @Test func anUnfinishedFrameIsEndedInTime() async throws {
            try await withSite { site in
                try await site.stop(.gateway(1))
                try await site.start(.gateway(1), environment: ["KEYFERRY_LIMITS_READ_SECONDS": "2"])
                try await site.waitUntilServing()
                let client = try site.firstClient()
                var held: [TLSTestClient] = []
                for _ in 0..<50 {
                    let peer = try await site.rawConnection(as: client)
                    try await peer.send(Array(Wire.message(Wire.header(), Self.discover).dropLast(9)))
                    held.append(peer)
                }
                _ = try await site.conversing(as: client) { try await $0.createKey() }
                for peer in held { #expect(await peer.untilEnd().received.isEmpty) }
                #expect(site.log(of: .gateway(1)).contains("reason=unfinishedRequest"))
                _ = try await site.conversing(as: client) { try await $0.createKey() }
            }
        }

        /// Every length of a request that breaks off, and one damaged byte at every place of one.
        @Test func damageAtEveryPlace() async throws {
            let site = try await StandingSite.site()
            let client = try site.firstClient()
            let request = Wire.message(Wire.header(), Wire.batchItem(0x0A, Wire.text(0x420094, "no-such-key")))
            await withTaskGroup(of: Void.self) { group in
                for place in 0..<request.count {
                    group.addTask {
                        guard let peer = try? await site.rawConnection(as: client, gateway: place % 2 + 1) else {
                            return
                        }
                        var damaged = request
                        damaged[place] ^= 0x81
                        // Lengths that grew make the gateway wait for the rest: nothing more comes.
                        try? await peer.send(damaged)
                        try? await Task.sleep(for: .milliseconds(100))
                        try? await peer.close()
                    }
                    if place % 16 == 15 { await group.waitForAll() }
                }
            }
            for gateway in 1...2 {
                #expect(try await site.process(.gateway(gateway)).end == nil)
                _ = try await site.conversing(as: client, gateway: gateway) { try await $0.createKey() }
            }
        }
    }
}
