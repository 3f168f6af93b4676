import Foundation
import JobMessages
import KeyModel
import SwiftProtobuf
import Testing

/// Bytes that are no job message, or one of a later version.
struct MalformedMessageTests {
    private func refusal<R>(_ body: () throws(JobMessageError) -> R) -> JobMessageError? {
        do {
            _ = try body()
            return nil
        } catch {
            return error
        }
    }

    private func refusal(ofJob bytes: [UInt8]) -> JobMessageError? {
        refusal { () throws(JobMessageError) in try Job(serialized: bytes) }
    }

    private func refusal(ofReply bytes: [UInt8]) -> JobMessageError? {
        refusal { () throws(JobMessageError) in try JobReply(serialized: bytes) }
    }

    /// A KMIP job with these bytes for its one operation.
    private func job(operation bytes: [UInt8]) -> [UInt8] {
        // KMIPJob: 1 client, 3 operations; Job: 3 kmip.
        let kmip = [0x0A, 32] + [UInt8](repeating: 1, count: 32) + [0x1A, UInt8(bytes.count)] + bytes
        return [0x1A, UInt8(kmip.count)] + kmip
    }

    @Test func whatIsNotProtobufIsMalformed() {
        for bytes: [UInt8] in [
            [0xFF], [0x0A], [0x0A, 0x05, 0x41], Array("GET / HTTP/1.1".utf8), [0x1A, 0xFF, 0xFF, 0xFF],
        ] {
            #expect(refusal(ofJob: bytes) == .malformed, "\(bytes)")
            #expect(refusal(ofReply: bytes) == .malformed, "\(bytes)")
        }
    }

    @Test func whatIsOfALaterVersionIsNotUnderstood() {
        #expect(refusal(ofJob: []) == .notUnderstood)
        // Field 15, a kind of job that there is not yet.
        #expect(refusal(ofJob: [0x7A, 0x00]) == .notUnderstood)
        #expect(refusal(ofReply: [0x7A, 0x00]) == .notUnderstood)
        // Field 15 of an operation.
        #expect(refusal(ofJob: job(operation: [0x7A, 0x00])) == .notUnderstood)
        #expect(refusal(ofJob: job(operation: [])) == .notUnderstood)
        // Get, and a field that it does not have yet: nothing that it needs.
        #expect(refusal(ofJob: job(operation: [0x22, 0x02, 0x78, 0x01])) == nil)
    }

    @Test func whatIsOfAnUnknownKindIsNotUnderstood() throws {
        let requester = Data(repeating: 1, count: 32)
        let operators = WireJob.with { $0.operator = .with { $0.requester = requester } }
        #expect(refusal(ofJob: operators.encoded()) == .notUnderstood)
        let valueless = WireJob.with {
            $0.kmip = .with {
                $0.client = requester
                $0.operations = [.with { $0.addAttribute = .with { $0.name = "x-a" } }]
            }
        }
        #expect(refusal(ofJob: valueless.encoded()) == .notUnderstood)
        #expect(refusal(ofReply: WireReply.with { $0.operator = .init() }.encoded()) == .notUnderstood)
        #expect(
            refusal(ofReply: WireReply.with { $0.kmip = .with { $0.outcomes = [.init()] } }.encoded()) == .notUnderstood
        )
        for code: UInt32 in [0, 9_998, 9_999, .max] {
            let failure = WireReply.with { $0.failure = .with { $0.code = code } }
            #expect(refusal(ofReply: failure.encoded()) == .notUnderstood, "\(code)")
        }
    }

    @Test func fieldsOfAWrongLengthAreMalformed() {
        for count in [0, 1, 31, 33] {
            let fingerprint = Data(repeating: 1, count: count)
            let jobs = [
                WireJob.with { $0.identifyClient = fingerprint },
                WireJob.with { $0.kmip = .with { $0.client = fingerprint } },
                WireJob.with {
                    $0.operator = .with {
                        $0.requester = fingerprint
                        $0.partition = .with { $0.describe = .init() }
                    }
                },
                WireJob.with {
                    $0.kmip = .with {
                        $0.client = Data(repeating: 1, count: 32)
                        $0.operations = [.with { $0.register = .with { $0.digest = fingerprint } }]
                    }
                },
            ]
            for job in jobs { #expect(refusal(ofJob: job.encoded()) == .malformed, "\(count)") }
        }
        let tooLong = WireJob.with {
            $0.identifyClient = Data(repeating: 1, count: 32)
            $0.clientCertificate = Data(repeating: 1, count: 8_193)
        }
        #expect(refusal(ofJob: tooLong.encoded()) == .malformed)
        let long = String(repeating: "r", count: 65)
        for job in [
            WireJob.with {
                $0.requestID = long
                $0.identifyClient = Data(repeating: 1, count: 32)
            },
            WireJob.with {
                $0.clientAddress = long
                $0.identifyClient = Data(repeating: 1, count: 32)
            },
        ] {
            #expect(refusal(ofJob: job.encoded()) == .malformed)
        }
    }

    @Test func depthIsBounded() {
        var value = WireAttributeValue.with { $0.integer = 1 }
        for _ in 0..<500 {
            let inner = value
            value = .with { $0.structure = .with { $0.fields = [.with { $0.value = inner }] } }
        }
        let job = WireJob.with {
            $0.kmip = .with {
                $0.client = Data(repeating: 1, count: 32)
                $0.operations = [
                    .with {
                        $0.addAttribute = .with {
                            $0.name = "x-a"
                            $0.value = value
                        }
                    }
                ]
            }
        }
        #expect(refusal(ofJob: job.encoded()) == .malformed)
    }

    /// Damaged messages are read or refused, and nothing else; the seed makes every run the same.
    @Test func damagedMessagesAreReadOrRefused() throws {
        var random = SplitMix(state: 0x6B65_7966_6572_7279)
        let kmip = KMIPJob(
            client: try Samples.fingerprint(1),
            continuesAfterFailure: true,
            operations: Samples.operations
        )
        let job = Job(requestID: "r", clientAddress: "a", content: .kmip(kmip)).serialized()
        let replies =
            try Samples.answers().map { JobReply.operator($0).serialized() }
            + [JobReply.kmip(Samples.results.map { .success($0) }).serialized()]
        for original in [job] + replies {
            for _ in 0..<2_000 {
                let damaged = random.damage(original)
                _ = refusal(ofJob: damaged)
                _ = refusal(ofReply: damaged)
            }
            for length in 0..<min(original.count, 512) {
                _ = refusal(ofJob: Array(original.prefix(length)))
                _ = refusal(ofReply: Array(original.prefix(length)))
            }
        }
    }
}

/// SplitMix64: a generator with a seed.
private struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    mutating func damage(_ bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<Int.random(in: 1...4, using: &self) where !bytes.isEmpty {
            let place = Int.random(in: 0..<bytes.count, using: &self)
            switch Int.random(in: 0..<3, using: &self) {
            case 0: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &self)
            case 1: bytes[place] = [0x00, 0x7F, 0x80, 0xFF].randomElement(using: &self) ?? 0
            default: bytes.remove(at: place)
            }
        }
        return bytes
    }
}
