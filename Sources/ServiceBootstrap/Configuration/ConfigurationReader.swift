import Foundation

/// Settings that are read from a configuration file.
package protocol ConfigurationSettings: Sendable {
    init(from reader: ConfigurationReader) throws(ConfigurationError)
}

/// Reads typed values of one file, or of one group of keys in it. Every method throws a `ConfigurationError` that names the
/// key, the value found and what is allowed.
package struct ConfigurationReader: Sendable {
    private let file: ConfigurationFile
    private let prefix: String

    private init(file: ConfigurationFile, prefix: String) {
        self.file = file
        self.prefix = prefix
    }

    /// Reads a whole file: the settings take what they need, and a key that is left over is refused.
    ///
    /// - Parameter environment: `KEYFERRY_…` variables in it override the file (see `EnvironmentName`).
    package static func read<Settings: ConfigurationSettings>(
        _ settings: Settings.Type,
        path: String,
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) async throws(ConfigurationError) -> Settings {
        let file = try await ConfigurationFile(path: path, environment: environment)
        let result = try Settings(from: ConfigurationReader(file: file, prefix: ""))
        try file.refuseUnknownKeys()
        return result
    }

    /// Reads a part of a file, whatever else stands in it.
    package static func readPart<Part>(
        path: String,
        environment: [String: String] = ProcessInfo.processInfo.environment,
        _ body: (ConfigurationReader) throws(ConfigurationError) -> Part
    ) async throws(ConfigurationError) -> Part {
        let file = try await ConfigurationFile(path: path, environment: environment)
        return try body(ConfigurationReader(file: file, prefix: ""))
    }

    /// The keys beneath `name`.
    package func group(_ name: String) -> ConfigurationReader {
        file.noteGroup(prefix + name)
        return ConfigurationReader(file: file, prefix: prefix + name + ".")
    }

    /// Whether the group or key has any value.
    package func has(_ name: String) -> Bool {
        file.hasAny(beneath: prefix + name)
    }

    package func optionalText(_ key: String) throws(ConfigurationError) -> String? {
        guard let text = try file.text(prefix + key) else { return nil }
        guard !text.isEmpty else { throw refusal(key, "has no value") }
        guard !text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) else {
            throw refusal(key, "has control characters in it")
        }
        return text
    }

    package func text(_ key: String, default fallback: String? = nil) throws(ConfigurationError) -> String {
        if let text = try optionalText(key) { return text }
        guard let fallback else { throw missing(key) }
        return fallback
    }

    /// At least one text.
    package func textList(_ key: String) throws(ConfigurationError) -> [String] {
        guard let list = try file.textList(prefix + key) else { throw missing(key) }
        guard !list.isEmpty, !list.contains("") else { throw refusal(key, "needs one value at least, and none empty") }
        return list
    }

    package func integer(
        _ key: String,
        in allowed: ClosedRange<Int>,
        default fallback: Int? = nil
    ) throws(ConfigurationError) -> Int {
        guard let text = try optionalText(key) else {
            guard let fallback else { throw missing(key) }
            return fallback
        }
        guard let number = Int(text) else { throw refusal(key, "\(text) is not a whole number") }
        guard allowed.contains(number) else {
            throw refusal(key, "\(number) is out of range (\(allowed.lowerBound)-\(allowed.upperBound))")
        }
        return number
    }

    package func seconds(
        _ key: String,
        in allowed: ClosedRange<Int>,
        default fallback: Int
    ) throws(ConfigurationError) -> Duration {
        .seconds(try integer(key, in: allowed, default: fallback))
    }

    package func port(_ key: String, default fallback: UInt16? = nil) throws(ConfigurationError) -> UInt16 {
        guard let text = try optionalText(key) else {
            guard let fallback else { throw missing(key) }
            return fallback
        }
        guard let port = UInt16(text), port > 0 else { throw refusal(key, "\(text) is not a port (1-65535)") }
        return port
    }

    package func flag(_ key: String, default fallback: Bool) throws(ConfigurationError) -> Bool {
        switch try optionalText(key) {
        case nil: return fallback
        case "true": return true
        case "false": return false
        case .some(let text): throw refusal(key, "\(text) is neither true nor false")
        }
    }

    package func choice<Choice>(
        _ key: String,
        default fallback: Choice
    ) throws(ConfigurationError) -> Choice
    where Choice: RawRepresentable & CaseIterable & Sendable, Choice.RawValue == String {
        guard let text = try optionalText(key) else { return fallback }
        guard let choice = Choice(rawValue: text) else {
            let allowed = Choice.allCases.map(\.rawValue).joined(separator: ", ")
            throw refusal(key, "\(text) is not one of \(allowed)")
        }
        return choice
    }

    /// A path; a relative one starts at the configuration file's folder. Whether the file exists is found by who opens it.
    package func path(_ key: String) throws(ConfigurationError) -> String {
        guard let path = try optionalPath(key) else { throw missing(key) }
        return path
    }

    package func optionalPath(_ key: String) throws(ConfigurationError) -> String? {
        guard let text = try optionalText(key) else { return nil }
        return text.hasPrefix("/") ? text : file.folder + "/" + text
    }

    /// For checks that settings make themselves.
    package func refusal(_ key: String, _ reason: String) -> ConfigurationError {
        ConfigurationError(.invalid, "\(file.origin(of: prefix + key)) \(reason)")
    }

    private func missing(_ key: String) -> ConfigurationError {
        ConfigurationError(.missing, "\(file.name): \(prefix + key) is missing")
    }
}
