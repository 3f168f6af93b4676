import PKCS11
import Testing

@testable import HSM

@Suite struct HSMSessionStateTests {
    typealias Phase = HSMSessionState.Phase
    typealias Event = HSMSessionState.Event
    typealias Action = HSMSessionState.Action

    static let start = ContinuousClock.now

    static func after(_ milliseconds: Int) -> ContinuousClock.Instant { start + .milliseconds(milliseconds) }

    struct Step {
        let event: Event
        let action: Action
        let phase: Phase
    }

    private func run(_ steps: [Step], sourceLocation: SourceLocation = #_sourceLocation) {
        var state = HSMSessionState(recycleAfterObjects: 10)
        for (index, step) in steps.enumerated() {
            let action = state.handle(step.event)
            #expect(action == step.action, "step \(index)", sourceLocation: sourceLocation)
            #expect(state.phase == step.phase, "step \(index)", sourceLocation: sourceLocation)
        }
    }

    private let opened = Step(event: .opened, action: .none, phase: .ready(objects: 0))

    @Test func opensAtTheFirstTickAndClosesOnce() {
        run([
            Step(event: .tick(Self.start), action: .open, phase: .closed),
            opened,
            Step(event: .closing, action: .discard, phase: .closed),
            Step(event: .closing, action: .none, phase: .closed),
            Step(event: .tick(Self.start), action: .open, phase: .closed),
        ])
    }

    @Test func recyclesBetweenBatchesOnly() {
        run([
            opened,
            Step(event: .objectsMade(9), action: .none, phase: .ready(objects: 9)),
            Step(event: .tick(Self.start), action: .none, phase: .ready(objects: 9)),
            Step(event: .objectsMade(5), action: .none, phase: .ready(objects: 14)),
            Step(event: .tick(Self.start), action: .recycle, phase: .ready(objects: 14)),
            opened,
        ])
    }

    @Test func anObjectLeftBehindGoesWithTheSession() {
        run([
            opened,
            Step(event: .objectLeftBehind, action: .none, phase: .ready(objects: 10)),
            Step(event: .tick(Self.start), action: .recycle, phase: .ready(objects: 10)),
        ])
    }

    @Test func replacesALostSessionAtOnceAndThenWithBackoff() {
        let notFound = HSMError(.tokenNotFound)
        run([
            opened,
            Step(
                event: .callFailed(.deviceRemoved, at: Self.start),
                action: .discard,
                phase: .lost(attempts: 0, notBefore: Self.start)
            ),
            Step(
                event: .tick(Self.start),
                action: .open,
                phase: .lost(attempts: 0, notBefore: Self.start)
            ),
            Step(
                event: .openingFailed(notFound, at: Self.start),
                action: .none,
                phase: .lost(attempts: 1, notBefore: Self.after(250))
            ),
            Step(
                event: .tick(Self.after(249)),
                action: .none,
                phase: .lost(attempts: 1, notBefore: Self.after(250))
            ),
            Step(
                event: .tick(Self.after(250)),
                action: .open,
                phase: .lost(attempts: 1, notBefore: Self.after(250))
            ),
            Step(
                event: .openingFailed(notFound, at: Self.after(250)),
                action: .none,
                phase: .lost(attempts: 2, notBefore: Self.after(750))
            ),
            opened,
        ])
    }

    @Test(arguments: [
        HSMError.Code.pinIncorrect, .pinRefusedBefore, .pinLocked, .pinExpired, .moduleNotLoadable, .mechanismsMissing,
    ])
    func whatCannotMendIsFinal(code: HSMError.Code) {
        run([
            Step(event: .tick(Self.start), action: .open, phase: .closed),
            Step(event: .openingFailed(HSMError(code), at: Self.start), action: .none, phase: .refused(code)),
            Step(event: .tick(Self.after(1_000_000)), action: .none, phase: .refused(code)),
            Step(event: .closing, action: .none, phase: .refused(code)),
            Step(event: .tick(Self.after(2_000_000)), action: .none, phase: .refused(code)),
        ])
    }

    @Test(arguments: [
        ReturnCode.sessionHandleInvalid, .sessionClosed, .deviceError, .deviceRemoved, .deviceMemory, .tokenNotPresent,
        .tokenNotRecognized, .userNotLoggedIn, .notInitialized, .operationActive,
    ])
    func losesTheSession(code: ReturnCode) {
        var state = HSMSessionState(recycleAfterObjects: 10)
        _ = state.handle(.opened)
        #expect(state.handle(.callFailed(code, at: Self.start)) == .discard)
        #expect(state.handle(.callFailed(code, at: Self.start)) == .none)
    }

    @Test(arguments: [
        ReturnCode.generalError, .wrappedKeyInvalid, .wrappedKeyLengthRange, .keyHandleInvalid, .mechanismInvalid,
        .keyUnextractable, .templateInconsistent,
    ])
    func keepsTheSession(code: ReturnCode) {
        var state = HSMSessionState(recycleAfterObjects: 10)
        _ = state.handle(.opened)
        #expect(state.handle(.callFailed(code, at: Self.start)) == .none)
        #expect(state.phase == .ready(objects: 0))
    }

    @Test func aKeyThatIsGoneLosesTheSession() {
        var state = HSMSessionState(recycleAfterObjects: 10)
        #expect(state.handle(.keyGone(at: Self.start)) == .none)
        _ = state.handle(.opened)
        #expect(state.handle(.keyGone(at: Self.start)) == .discard)
        #expect(state.phase == .lost(attempts: 0, notBefore: Self.start))
        #expect(state.handle(.tick(Self.start)) == .open)
    }

    @Test func backsOffToThirtySeconds() {
        let expected: [Duration] = [
            .milliseconds(250), .milliseconds(500), .seconds(1), .seconds(2), .seconds(4), .seconds(8), .seconds(16),
            .seconds(30), .seconds(30),
        ]
        #expect((1...9).map(HSMSessionState.backoff) == expected)
        #expect(HSMSessionState.backoff(.max) == .seconds(30))
    }
}
