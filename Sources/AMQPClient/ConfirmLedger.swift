/// Which publishes the broker has not yet confirmed.
///
/// On a channel in confirm mode the broker numbers publishes from 1 and acknowledges them one by one or all up to a
/// number ("multiple"; RabbitMQ, Consumer Acknowledgements and Publisher Confirms).
struct ConfirmLedger {
    private var nextSequence: UInt64 = 1
    private var lowest: UInt64 = 1
    private var tokens: [UInt64: UInt64] = [:]

    /// Counts a publish.
    /// - Parameter token: What to report when it is confirmed; nil for a publish that nobody asks about.
    mutating func published(token: UInt64?) {
        if let token { tokens[nextSequence] = token }
        nextSequence += 1
    }

    /// The tokens that a confirmation or refusal settles, in the order of publishing.
    /// - Throws: `protocolViolation` for a number that was never published, so that no number from outside makes this
    ///   loop longer than what was sent.
    mutating func settle(upTo sequence: UInt64, multiple: Bool) throws(AMQPClientError) -> [UInt64] {
        // Zero with "multiple" means everything so far (AMQP 0-9-1, basic.ack).
        let last = sequence == 0 && multiple ? nextSequence - 1 : sequence
        guard last < nextSequence, last > 0 || multiple else {
            throw AMQPClientError(.protocolViolation, operation: "publisher confirm", detail: "unknown number")
        }
        guard multiple else { return tokens.removeValue(forKey: last).map { [$0] } ?? [] }
        var settled: [UInt64] = []
        while lowest <= last {
            if let token = tokens.removeValue(forKey: lowest) { settled.append(token) }
            lowest += 1
        }
        return settled
    }
}
