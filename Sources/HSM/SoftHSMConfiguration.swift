internal import Foundation
internal import Glibc

/// What the login guard needs of SoftHSM's configuration: where the tokens are.
struct SoftHSMConfiguration {
    let tokenDirectory: String

    /// Reads `directories.tokendir` of the file (softhsm2.conf(5)) and checks that the folder can be used.
    init(path: String) throws(HSMError) {
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
            throw HSMError(.configurationUnreadable, "SoftHSM's configuration \(path) can't be read")
        }
        guard let directory = Self.value(of: "directories.tokendir", in: text) else {
            throw HSMError(.configurationUnreadable, "SoftHSM's configuration \(path) names no directories.tokendir")
        }
        var status = stat()
        guard
            stat(directory, &status) == 0, status.st_mode & S_IFMT == S_IFDIR,
            access(directory, R_OK | X_OK) == 0
        else {
            let message = "SoftHSM's token directory \(directory) is no folder that this user can read"
            throw HSMError(.tokenDirectoryUnusable, message)
        }
        tokenDirectory = directory
    }

    static func value(of key: String, in text: String) -> String? {
        for line in text.split(whereSeparator: \.isNewline) {
            let code = line.prefix { $0 != "#" }
            guard let equals = code.firstIndex(of: "=") else { continue }
            let name = code[..<equals].trimmingCharacters(in: .whitespaces)
            let value = code[code.index(after: equals)...].trimmingCharacters(in: .whitespaces)
            if name == key, !value.isEmpty { return value }
        }
        return nil
    }

    /// Makes SoftHSM read this file at C_Initialize. Written only where it differs: other threads may read the
    /// environment at any time.
    static func select(path: String) {
        if let current = getenv("SOFTHSM2_CONF"), String(cString: current) == path { return }
        setenv("SOFTHSM2_CONF", path, 1)
    }
}
