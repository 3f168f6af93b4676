import Cryptography
import Foundation
import JobMessages
import KeyModel
import PipelineFixtures
import SwiftProtobuf
import Testing

@testable import JobSealing

struct FleetMessageTests {
    private static let now = ServicesAuthority.now
    private static let vitals = WorkerVitals(
        health: .healthy,
        authorityGeneration: 12,
        ticketKeyCertificate: [1, 2, 3],
        hsmSessions: 1,
        jobsDone: 99
    )

    private let services: ServicesAuthority
    private let worker: ServiceCredential

    init() throws {
        services = try ServicesAuthority()
        worker = try services.credential(.worker)
    }

    private func readHeartbeat(_ verified: (word: FleetWord, sender: VerifiedService, followsGap: Bool)) -> Heartbeat? {
        if case .heartbeat(let heartbeat) = verified.word { heartbeat } else { nil }
    }

    /// Why a message is refused by who has heard nothing before.
    private func firstRefusal(_ bytes: [UInt8], now: Int64 = now) -> SealingError.Code? {
        var verifier = FleetVerifier(trust: services.trust)
        return refusal { try verifier.verify(bytes, now: now) }
    }

    @Test func aHeartbeatArrivesAsItWasSent() throws {
        var signer = try FleetSigner(credential: worker, name: "worker-1")
        var verifier = FleetVerifier(trust: services.trust)
        let bytes = try signer.sign(Self.vitals, time: Self.now)
        let verified = try verifier.verify(bytes, now: Self.now)
        let heartbeat = try #require(readHeartbeat(verified))
        #expect(heartbeat.bootID == signer.bootID && heartbeat.sequence == 1 && heartbeat.time == Self.now)
        #expect(heartbeat.partition == services.partition && heartbeat.workerName == "worker-1")
        #expect(heartbeat.health == .healthy && heartbeat.authorityGeneration == 12)
        #expect(heartbeat.ticketKeyCertificate == [1, 2, 3])
        #expect(heartbeat.hsmSessions == 1 && heartbeat.jobsDone == 99)
        #expect(verified.sender.fingerprint == worker.fingerprint && !verified.followsGap)
    }

    @Test func noticesArriveAsTheyWereSent() throws {
        var signer = try FleetSigner(credential: worker, name: "worker-1")
        var verifier = FleetVerifier(trust: services.trust)
        let subjects: [ChangeNotice.Subject] = [
            .certificate(worker.fingerprint), .instance(InstanceIdentifier("i")), .rootKey(RootKeyIdentifier("r")),
            .identity(worker.fingerprint),
        ]
        for subject in subjects {
            let bytes = try signer.sign(subject, authorityGeneration: 13, time: Self.now)
            let (word, _, followsGap) = try verifier.verify(bytes, now: Self.now)
            guard case .change(let notice) = word else {
                Issue.record("not a notice: \(subject)")
                continue
            }
            #expect(notice.subject == subject && notice.authorityGeneration == 13 && !followsGap)
        }
    }

    @Test func aFrontsHeartbeatArrivesAsItWasSent() throws {
        var signer = try FleetSigner(credential: try services.credential(.gateway), name: "gateway-1")
        var verifier = FleetVerifier(trust: services.trust)
        let bytes = try signer.sign(role: .gateway, openConnections: 3, jobsInFlight: 2, time: Self.now)
        guard case .front(let front) = try verifier.verify(bytes, now: Self.now).word else {
            Issue.record("not a front's heartbeat")
            return
        }
        #expect(front.name == "gateway-1" && front.role == .gateway)
        #expect(front.openConnections == 3 && front.jobsInFlight == 2)
    }

    @Test func whatAFrontShowsItsClientsArrives() throws {
        var signer = try FleetSigner(credential: try services.credential(.gateway), name: "gateway-1")
        var verifier = FleetVerifier(trust: services.trust)
        for (number, address) in [nil, "keys.example.com:5696", "[2001:db8::7]:5696"].enumerated() {
            let endpoint = FrontEndpoint(address: address, certificate: [0x30, 0x00])
            let time = Self.now + Int64(number)
            let bytes = try signer.sign(
                role: .gateway,
                openConnections: 0,
                jobsInFlight: 0,
                endpoint: endpoint,
                time: time
            )
            guard case .front(let front) = try verifier.verify(bytes, now: Self.now).word else {
                Issue.record("not a front's heartbeat")
                return
            }
            #expect(front.endpoint == endpoint)
        }
        for endpoint in [
            FrontEndpoint(address: String(repeating: "a", count: 273), certificate: [0x30]),
            FrontEndpoint(address: nil, certificate: [UInt8](repeating: 0, count: 16_385)),
        ] {
            let bytes = try signer.sign(
                role: .gateway,
                openConnections: 0,
                jobsInFlight: 0,
                endpoint: endpoint,
                time: Self.now + 10
            )
            #expect(throws: SealingError(.malformed)) { try verifier.verify(bytes, now: Self.now) }
        }
    }

    @Test func aReplayedMessageIsRefused() throws {
        var signer = try FleetSigner(credential: worker, name: "worker-1")
        var verifier = FleetVerifier(trust: services.trust)
        let first = try signer.sign(Self.vitals, time: Self.now)
        let second = try signer.sign(Self.vitals, time: Self.now + 1_000)
        _ = try verifier.verify(first, now: Self.now)
        _ = try verifier.verify(second, now: Self.now)
        #expect(refusal { try verifier.verify(first, now: Self.now) } == .replayed)
        #expect(refusal { try verifier.verify(second, now: Self.now) } == .replayed)
    }

    @Test func aGapIsNoticedOnce() throws {
        var signer = try FleetSigner(credential: worker, name: "worker-1")
        var verifier = FleetVerifier(trust: services.trust)
        let messages = try (0..<5).map { try signer.sign(Self.vitals, time: Self.now + $0) }
        let gaps = try [0, 1, 3, 4].map { try verifier.verify(messages[$0], now: Self.now).followsGap }
        #expect(gaps == [false, false, true, false])
        #expect(refusal { try verifier.verify(messages[2], now: Self.now) } == .replayed)
    }

    @Test func aRestartedSenderIsBelievedAndItsOldMessagesAreNot() throws {
        var before = try FleetSigner(credential: worker, name: "worker-1")
        var verifier = FleetVerifier(trust: services.trust)
        _ = try verifier.verify(try before.sign(Self.vitals, time: Self.now), now: Self.now)
        let unheard = try before.sign(Self.vitals, time: Self.now + 500)
        var after = try FleetSigner(credential: worker, name: "worker-1")
        let restarted = try verifier.verify(try after.sign(Self.vitals, time: Self.now + 1_000), now: Self.now)
        #expect(restarted.followsGap)
        #expect(refusal { try verifier.verify(unheard, now: Self.now) } == .replayed)
    }

    @Test func workersOfOneIdentityAreToldApartByName() throws {
        var one = try FleetSigner(credential: worker, name: "worker-1")
        var two = try FleetSigner(credential: worker, name: "worker-2")
        var verifier = FleetVerifier(trust: services.trust)
        for _ in 0..<2 {
            #expect(try !verifier.verify(try one.sign(Self.vitals, time: Self.now), now: Self.now).followsGap)
            #expect(try !verifier.verify(try two.sign(Self.vitals, time: Self.now), now: Self.now).followsGap)
        }
    }

    @Test func anOldMessageIsNotBelieved() throws {
        var signer = try FleetSigner(credential: worker, name: "worker-1")
        let bytes = try signer.sign(Self.vitals, time: Self.now)
        #expect(firstRefusal(bytes, now: Self.now + FleetVerifier.oldest - 1) == nil)
        #expect(firstRefusal(bytes, now: Self.now + FleetVerifier.oldest) == .replayed)
    }

    /// A broker that keeps heartbeats back can't make a worker seem well after its end.
    @Test func messagesThatWereKeptBackAreNotBelievedAndLeaveAGap() throws {
        var signer = try FleetSigner(credential: worker, name: "worker-1")
        var verifier = FleetVerifier(trust: services.trust)
        _ = try verifier.verify(try signer.sign(Self.vitals, time: Self.now), now: Self.now)
        let keptBack = try signer.sign(Self.vitals, time: Self.now + 1_000)
        let later = Self.now + 1_000 + FleetVerifier.oldest
        #expect(refusal { try verifier.verify(keptBack, now: later) } == .replayed)
        let fresh = try verifier.verify(try signer.sign(Self.vitals, time: later), now: later)
        #expect(fresh.followsGap)
    }

    @Test func aRoleSaysWhatIsItsToSay() throws {
        for role in [ServiceRole.gateway, .admin, .ticket] {
            var signer = try FleetSigner(credential: try services.credential(role), name: "x")
            #expect(firstRefusal(try signer.sign(Self.vitals, time: Self.now)) == .roleNotAllowed, "\(role)")
            let notice = try signer.sign(.instance(InstanceIdentifier("i")), authorityGeneration: 1, time: Self.now)
            #expect(firstRefusal(notice) == .roleNotAllowed, "\(role)")
        }
        for (role, said) in [(ServiceRole.worker, ServiceRole.worker), (.gateway, .admin), (.admin, .gateway)] {
            var signer = try FleetSigner(credential: try services.credential(role), name: "x")
            let bytes = try signer.sign(role: said, openConnections: 0, jobsInFlight: 0, time: Self.now)
            #expect(firstRefusal(bytes) == .roleNotAllowed, "\(role) as \(said)")
        }
    }

    @Test func aMessageThatIsNotTheSignersIsRefused() throws {
        var signer = try FleetSigner(credential: worker, name: "worker-1")
        let genuine = try WireFleetMessage.decoded(try signer.sign(Self.vitals, time: Self.now))
        var altered = genuine
        altered.signature[altered.signature.count - 1] ^= 1
        #expect(firstRefusal(altered.encoded()) == .signatureInvalid)
        var content = try WireFleetContent.decoded([UInt8](genuine.content))
        content.worker.health = 1
        content.sequence += 1
        altered = genuine
        altered.content = .init(content.encoded())
        #expect(firstRefusal(altered.encoded()) == .signatureInvalid)
        altered = genuine
        altered.certificate = .init(try services.credential(.worker).certificate.der)
        #expect(firstRefusal(altered.encoded()) == .signatureInvalid)
        altered.certificate = .init(try ServicesAuthority().credential(.worker).certificate.der)
        #expect(firstRefusal(altered.encoded()) == .identityNotTrusted)
    }

    @Test func whatASignerMayNotSayIsRefused() throws {
        let changes: [(String, SealingError.Code, (inout WireFleetContent) -> Void)] = [
            ("context", .malformed, { $0.context = "keyferry ticket v1" }),
            ("boot id", .malformed, { $0.bootID = .init() }),
            ("name", .malformed, { $0.name = String(repeating: "n", count: 129) }),
            ("partition", .wrongPartition, { $0.partition = "p2" }),
            ("health", .malformed, { $0.worker.health = 9 }),
            ("nothing", .malformed, { $0.kind = nil }),
            ("a fingerprint of one byte", .malformed, { $0.change = .with { $0.certificate = .init([1]) } }),
            ("a change of nothing", .malformed, { $0.change = .init() }),
        ]
        for (name, expected, change) in changes {
            var signer = try FleetSigner(credential: worker, name: "worker-1")
            var message = try WireFleetMessage.decoded(try signer.sign(Self.vitals, time: Self.now))
            var content = try WireFleetContent.decoded([UInt8](message.content))
            change(&content)
            message.content = .init(content.encoded())
            message.signature = .init(try worker.key.sign([UInt8](message.content)))
            #expect(firstRefusal(message.encoded()) == expected, "\(name)")
        }
    }
}
