import FaultChecker
import KMIP
import Testing

@testable import FaultDriver

/// What the checker is told of an answer: a wrong one is not an unclear one.
@Suite struct RequestMappingTests {
    private func outcome(_ payload: ResponsePayload, of request: HistoryEntry.Request) -> HistoryEntry.Outcome {
        RequestMapping.outcome(.success(payload, identifier: nil), of: request)
    }

    private func isWrong(_ outcome: HistoryEntry.Outcome) -> Bool {
        if case .wrong = outcome { true } else { false }
    }

    @Test func anAnswerAboutAnotherKeyIsWrong() {
        #expect(outcome(.activate(ActivateResponse(uniqueIdentifier: "k1")), of: .activate("k1")) == .done)
        #expect(isWrong(outcome(.activate(ActivateResponse(uniqueIdentifier: "k2")), of: .activate("k1"))))
        #expect(isWrong(outcome(.revoke(RevokeResponse(uniqueIdentifier: "k2")), of: .revoke("k1"))))
        #expect(isWrong(outcome(.destroy(DestroyResponse(uniqueIdentifier: "k2")), of: .destroy("k1"))))
        #expect(isWrong(outcome(.destroy(DestroyResponse(uniqueIdentifier: "k1")), of: .activate("k1"))))
    }
}
