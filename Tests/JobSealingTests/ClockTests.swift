import KeyModel
import PipelineFixtures
import Testing

@testable import JobSealing

/// What is made of times that others give.
struct ClockTests {
    private static let now = ServicesAuthority.now
    private static let vitals = WorkerVitals(
        health: .healthy,
        authorityGeneration: 1,
        ticketKeyCertificate: [1],
        hsmSessions: 1,
        jobsDone: 0
    )

    private let services: ServicesAuthority
    private let worker: ServiceCredential

    init() throws {
        services = try ServicesAuthority()
        worker = try services.credential(.worker)
    }

    /// What a worker named `worker-1` that has just started says first.
    private func firstWord(at time: Int64) throws -> [UInt8] {
        var signer = try FleetSigner(credential: worker, name: "worker-1")
        return try signer.sign(Self.vitals, time: time)
    }

    @Test(
        arguments: [
            (0, nil), (FleetVerifier.furthestAhead, nil), (FleetVerifier.furthestAhead + 1, SealingError.Code.replayed),
            (Int64.max - ServicesAuthority.now, .replayed),
        ] as [(Int64, SealingError.Code?)]
    )
    func aTimeFarAheadIsNotBelieved(_ ahead: Int64, _ expected: SealingError.Code?) throws {
        var verifier = FleetVerifier(trust: services.trust)
        let bytes = try firstWord(at: Self.now + ahead)
        #expect(refusal { try verifier.verify(bytes, now: Self.now) } == expected)
        let clock = FleetVerifier.ClockAhead(name: "worker-1", fingerprint: worker.fingerprint, milliseconds: ahead)
        #expect(verifier.clockAhead == (expected == nil ? nil : clock))
    }

    @Test func noticesFarAheadAreNotBelievedEither() throws {
        var verifier = FleetVerifier(trust: services.trust)
        var signer = try FleetSigner(credential: worker, name: "worker-1")
        let time = Self.now + FleetVerifier.furthestAhead + 1
        let notice = try signer.sign(.instance(InstanceIdentifier("i")), authorityGeneration: 2, time: time)
        #expect(refusal { try verifier.verify(notice, now: Self.now) } == .replayed)
    }

    /// A worker that said one thing with a clock that was ahead, and starts again when it is right, is heard at once.
    @Test func whatWasNotBelievedKeepsNobodyOut() throws {
        var verifier = FleetVerifier(trust: services.trust)
        let ahead = try firstWord(at: Self.now + 24 * 60 * 60 * 1_000)
        #expect(refusal { try verifier.verify(ahead, now: Self.now) } == .replayed)
        let right = try firstWord(at: Self.now)
        #expect(refusal { try verifier.verify(right, now: Self.now) } == nil)
        #expect(verifier.clockAhead == nil)
    }

    @Test(
        arguments: [
            (5, 3, 8), (5, -8, -3), (.max, 1, .max), (Int64.max - 1, 1, .max), (1, .max, .max), (.min, -1, .min),
            (-2, .min, .min), (.min, .max, -1),
        ] as [(Int64, Int64, Int64)]
    )
    func momentsDoNotOverflow(_ moment: Int64, _ milliseconds: Int64, _ expected: Int64) {
        #expect(moment.shifted(by: milliseconds) == expected)
    }

    /// The workers' clock is what the last heartbeat made of it.
    @Test(arguments: [Int64.max, Int64.max - 1, Int64.min]) func aTicketOfAnImpossibleTimeIsRefused(now: Int64) throws {
        let fixture = try SealingFixture()
        #expect(refusal { try fixture.ticket(now: now) } == .identityNotTrusted)
    }
}
