import JobSealing
import KeyModel
import Testing

@testable import Gateway

/// What is remembered of certificates, and when it is asked again.
struct DirectoryMemoryTests {
    private static let someone = CertificateFingerprint([UInt8](repeating: 7, count: 32))
    private static let description = ClientDescription(
        instanceName: "kmip-aa",
        isInService: true,
        certificateNotAfter: Timestamp(secondsSince1970: 0)
    )
    private static let registered = ClientDirectory.Answer.registered(description)

    private func someone() throws -> CertificateFingerprint { try #require(Self.someone) }

    /// Asks, and has it answered.
    private func ask(_ memory: inout DirectoryMemory, _ answer: ClientDirectory.Answer, now: Int64) throws -> Bool? {
        let fingerprint = try someone()
        guard case .toBeAsked(let number, let isOldClient) = memory.find(fingerprint, now: now) else { return nil }
        memory.asked(fingerprint, Lookup(number: number, task: Task { answer }))
        _ = memory.answered(fingerprint, number, answer, now: now)
        return isOldClient
    }

    private func known(_ memory: inout DirectoryMemory, now: Int64) throws -> ClientDirectory.Answer? {
        if case .known(let answer) = memory.find(try someone(), now: now) { answer } else { nil }
    }

    @Test func anAnswerHoldsForItsTime() throws {
        var memory = DirectoryMemory()
        #expect(try ask(&memory, Self.registered, now: 0) == false)
        #expect(try known(&memory, now: 29_999) == Self.registered)
        #expect(try known(&memory, now: 30_000) == nil)
        #expect(try ask(&memory, .notRegistered, now: 30_000) == true)
        #expect(try known(&memory, now: 30_499) == .notRegistered)
        #expect(try known(&memory, now: 30_500) == nil)
    }

    @Test func oneQuestionServesAllThatComeMeanwhile() throws {
        var memory = DirectoryMemory()
        let fingerprint = try someone()
        guard case .toBeAsked(let number, _) = memory.find(fingerprint, now: 0) else {
            Issue.record("not to be asked")
            return
        }
        memory.asked(fingerprint, Lookup(number: number, task: Task { .unknown }))
        guard case .isAsked(let lookup) = memory.find(fingerprint, now: 0) else {
            Issue.record("asked again")
            return
        }
        #expect(lookup.number == number)
    }

    /// An answer to a question that was asked before a notice may be older than the notice.
    @Test func whatWasAskedBeforeANoticeIsNotKept() throws {
        var memory = DirectoryMemory()
        let fingerprint = try someone()
        guard case .toBeAsked(let number, _) = memory.find(fingerprint, now: 0) else {
            Issue.record("not to be asked")
            return
        }
        memory.asked(fingerprint, Lookup(number: number, task: Task { Self.registered }))
        memory.forget(fingerprint)
        _ = memory.answered(fingerprint, number, Self.registered, now: 0)
        #expect(try known(&memory, now: 0) == nil)
    }

    /// An overload ends no connection of a client that was known when it began; a removal does.
    @Test func whereNobodyCanSayWhatWasTrueHoldsOn() throws {
        var memory = DirectoryMemory()
        let fingerprint = try someone()
        _ = try ask(&memory, Self.registered, now: 0)
        #expect(memory.answered(fingerprint, 99, .unknown, now: 60_000) == Self.registered)
        #expect(memory.answered(fingerprint, 99, .tooManyAsked, now: 60_000) == Self.registered)
        #expect(memory.answered(fingerprint, 99, .unknown, now: 631_000) == .unknown)
        memory.forget(fingerprint)
        #expect(memory.answered(fingerprint, 99, .unknown, now: 60_000) == .unknown)
    }

    @Test func thereIsABoundToWhatIsRemembered() throws {
        var memory = DirectoryMemory()
        for number in 0..<30_000 {
            let bytes = (0..<32).map { UInt8(truncatingIfNeeded: number >> ($0 % 4 * 8)) }
            let fingerprint = try #require(CertificateFingerprint(bytes))
            guard case .toBeAsked(let question, _) = memory.find(fingerprint, now: 0) else { continue }
            memory.asked(fingerprint, Lookup(number: question, task: Task { .notRegistered }))
            _ = memory.answered(fingerprint, question, .notRegistered, now: 0)
        }
        #expect(memory.entryCount <= DirectoryMemory.mostEntries)
        // Refusals make room when their time is over.
        #expect(try ask(&memory, Self.registered, now: 1_000) == false)
        #expect(try known(&memory, now: 1_001) == Self.registered)
    }
}
