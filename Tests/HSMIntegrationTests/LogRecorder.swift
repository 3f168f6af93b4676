import Logging
import Synchronization

/// Keeps what is logged.
final class LogRecorder: Sendable {
    struct Message {
        let level: Logger.Level
        let text: String
    }

    private let recorded = Mutex<[Message]>([])

    var messages: [Message] { recorded.withLock { $0 } }

    var logger: Logger {
        Logger(label: "test") { _ in Handler(recorder: self) }
    }

    private struct Handler: LogHandler {
        let recorder: LogRecorder
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.info

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let message = Message(level: event.level, text: event.message.description)
            recorder.recorded.withLock { $0.append(message) }
        }
    }
}
