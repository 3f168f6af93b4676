package import Logging

/// Writes every event as one line, to standard error unless told otherwise.
package struct LineLogHandler: LogHandler {
    package var logLevel: Logger.Level
    package var metadata: Logger.Metadata = [:]
    package var metadataProvider: Logger.MetadataProvider?

    private let label: String
    private let format: LogSettings.Format
    private let output: LogOutput

    package init(label: String, settings: LogSettings, output: LogOutput = .standardError) {
        self.label = label
        logLevel = settings.level
        format = settings.format
        self.output = output
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        var fields = metadata
        if let provided = metadataProvider?.get() { fields.merge(provided) { _, provided in provided } }
        if let own = event.metadata { fields.merge(own) { _, own in own } }
        if let error = event.error { fields["error"] = "\(error)" }
        var line = ""
        switch format {
        case .text: appendText(event, fields, to: &line)
        case .json: appendJSON(event, fields, to: &line)
        }
        line += "\n"
        output.write(line)
    }

    private func appendText(_ event: LogEvent, _ fields: Logger.Metadata, to line: inout String) {
        line += "\(LogTime.now()) \(event.level.rawValue) \(label): "
        LogText.appendEscaped(event.message.description, to: &line)
        for (key, value) in fields.sorted(by: { $0.key < $1.key }) {
            line += " "
            LogText.appendValue(key, to: &line)
            line += "="
            LogText.appendValue(value.description, to: &line)
        }
    }

    private func appendJSON(_ event: LogEvent, _ fields: Logger.Metadata, to line: inout String) {
        line += "{\"time\":\"\(LogTime.now())\",\"level\":\"\(event.level.rawValue)\",\"source\":\""
        LogText.appendEscaped(label, to: &line)
        line += "\",\"message\":\""
        LogText.appendEscaped(event.message.description, to: &line)
        line += "\",\"fields\":{"
        var isFirst = true
        for (key, value) in fields.sorted(by: { $0.key < $1.key }) {
            line += isFirst ? "\"" : ",\""
            isFirst = false
            LogText.appendEscaped(key, to: &line)
            line += "\":\""
            LogText.appendEscaped(value.description, to: &line)
            line += "\""
        }
        line += "}}"
    }
}
