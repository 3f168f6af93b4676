package import Cryptography

/// What was said and answered.
package struct ConversationReport: Sendable {
    package struct Line: Sendable {
        /// From 1.
        package let connection: Int
        package let step: ConversationStep
        /// What the answer said.
        package let answer: String
        package let duration: Duration
    }

    package internal(set) var lines: [Line] = []
    /// The key that it was about.
    package internal(set) var keyIdentifier = ""
    /// The server's certificate, of the last connection.
    package internal(set) var serverCertificate: Certificate?
    /// "TLS 1.3 TLS_AES_256_GCM_SHA384".
    package internal(set) var protection = ""

    /// For the terminal.
    package var text: [String] {
        lines.map { line in
            let milliseconds =
                line.duration.components.seconds * 1_000
                + line.duration.components.attoseconds / 1_000_000_000_000_000
            return "  \(line.connection)  \(line.step.title): \(line.answer) (\(milliseconds) ms)"
        }
    }
}

/// Where a conversation ended that did not go as it must.
package struct ConversationFailure: Error, Sendable, CustomStringConvertible {
    /// Nil where the connection was not made.
    package let step: ConversationStep?
    package let reason: String
    /// What went well until then.
    package let report: ConversationReport

    package var description: String {
        let place = step.map { "\($0.title)" } ?? "connecting"
        return "\(place): \(reason)"
    }
}
