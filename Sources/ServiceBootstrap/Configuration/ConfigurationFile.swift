import Configuration
import Foundation
import Synchronization
import SystemPackage

/// One configuration file in YAML, and the environment variables that override it.
///
/// Every key of the file must be asked for by the settings that are read from it; one that is not is an error, for a
/// misspelt limit must not be a limit that is not there.
final class ConfigurationFile: Sendable {
    /// Larger files are refused unread: ours have some dozens of lines.
    static let largestByteCount = 1 << 20

    /// The file's name without its folder, for messages.
    let name: String
    /// Relative paths in the file start here: at the file's own folder, wherever the process was started.
    let folder: String

    private let values: ConfigReader
    private let fileKeys: Set<String>
    private let environment: [String: String]
    private let askedKeys = Mutex<Set<String>>([])
    private let groups = Mutex<Set<String>>([])

    init(path: String, environment: [String: String]) async throws(ConfigurationError) {
        let url = URL(fileURLWithPath: path).standardizedFileURL
        name = url.lastPathComponent
        folder = url.deletingLastPathComponent().path
        self.environment = environment
        try Self.checkReadable(url.path, name: name)

        // The library has no list of a file's keys, but asks for each of them whether its value is secret.
        let keys = KeyCollector()
        let file: FileProvider<YAMLSnapshot>
        do {
            file = try await FileProvider<YAMLSnapshot>(
                parsingOptions: .init(secretsSpecifier: .dynamic { key, _ in keys.note(key) }),
                filePath: FilePath(url.path)
            )
        } catch {
            let reason = String(describing: error).split(whereSeparator: \.isNewline).joined(separator: " ")
            throw ConfigurationError(.malformed, "\(name): \(reason)")
        }
        fileKeys = keys.all
        let overrides = EnvironmentVariablesProvider(environmentVariables: environment)
        values = ConfigReader(providers: [overrides.prefixKeys(with: [EnvironmentName.prefix.lowercased()]), file])
    }

    /// - Returns: nil if neither the file nor the environment has the key.
    func text(_ key: String) throws(ConfigurationError) -> String? {
        guard isPresent(key) else { return nil }
        do {
            return try values.requiredString(forKey: ConfigKey(key))
        } catch {
            throw ConfigurationError(.invalid, "\(origin(of: key)) must be a single value")
        }
    }

    /// - Returns: nil if neither the file nor the environment has the key. In the environment, commas separate.
    func textList(_ key: String) throws(ConfigurationError) -> [String]? {
        guard isPresent(key) else { return nil }
        do {
            return try values.requiredStringArray(forKey: ConfigKey(key))
        } catch {
            throw ConfigurationError(.invalid, "\(origin(of: key)) must be a list, as in [one, two]")
        }
    }

    /// Whether the key, or a key beneath it, has a value. Does not count as asking for them.
    func hasAny(beneath key: String) -> Bool {
        let variable = EnvironmentName.variable(for: key)
        return fileKeys.contains { $0 == key || $0.hasPrefix(key + ".") }
            || environment.keys.contains { $0 == variable || $0.hasPrefix(variable + "_") }
    }

    /// Where the value in force stands, for messages: the file and key, or the environment variable.
    func origin(of key: String) -> String {
        let variable = EnvironmentName.variable(for: key)
        return environment[variable] == nil ? "\(name): \(key):" : "\(variable):"
    }

    /// Says that keys stand beneath this one. With all of them left out, or commented out, it has no value.
    func noteGroup(_ key: String) {
        groups.withLock { _ = $0.insert(key) }
    }

    /// - Throws: `unknownKeys` with the names of the keys that nobody has asked for.
    func refuseUnknownKeys() throws(ConfigurationError) {
        let groups = groups.withLock { $0 }.intersection(fileKeys)
        for group in groups.sorted() where try text(group) != "" {
            throw ConfigurationError(.invalid, "\(name): \(group): has keys beneath it, not a value")
        }
        let unknown = fileKeys.subtracting(askedKeys.withLock { $0 }).sorted()
        guard !unknown.isEmpty else { return }
        let noun = unknown.count == 1 ? "key" : "keys"
        throw ConfigurationError(.unknownKeys, "\(name): unknown \(noun) \(unknown.joined(separator: ", "))")
    }

    private func isPresent(_ key: String) -> Bool {
        askedKeys.withLock { _ = $0.insert(key) }
        return fileKeys.contains(key) || environment[EnvironmentName.variable(for: key)] != nil
    }

    private static func checkReadable(_ path: String, name: String) throws(ConfigurationError) {
        let attributes: [FileAttributeKey: Any]
        do {
            attributes = try FileManager.default.attributesOfItem(atPath: path)
        } catch {
            throw ConfigurationError(.unreadable, "\(path) does not exist or cannot be read")
        }
        guard FileManager.default.isReadableFile(atPath: path) else {
            throw ConfigurationError(.unreadable, "\(path) cannot be read by this user")
        }
        guard let size = attributes[.size] as? Int, size <= largestByteCount else {
            throw ConfigurationError(.unreadable, "\(name) is larger than a configuration file may be (1 MiB)")
        }
    }
}

private final class KeyCollector: Sendable {
    private let keys = Mutex<Set<String>>([])

    var all: Set<String> { keys.withLock { $0 } }

    /// - Returns: false: no value is secret.
    func note(_ key: String) -> Bool {
        keys.withLock { _ = $0.insert(key) }
        return false
    }
}
