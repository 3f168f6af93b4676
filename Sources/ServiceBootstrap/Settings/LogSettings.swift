package import Logging

/// Group `log`: what is logged, and how a line looks. Logs go to standard error; what keeps them is the system's business.
package struct LogSettings: ConfigurationSettings, Equatable {
    package enum Format: String, CaseIterable, Sendable {
        /// Time, level, message, `key=value`: for people.
        case text
        /// One JSON object a line: for collectors.
        case json
    }

    package var level: Logger.Level
    package var format: Format

    package init(level: Logger.Level = .info, format: Format = .text) {
        self.level = level
        self.format = format
    }

    package init(from reader: ConfigurationReader) throws(ConfigurationError) {
        level = try reader.choice("level", default: .info)
        format = try reader.choice("format", default: .text)
    }
}
