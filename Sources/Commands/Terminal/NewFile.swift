internal import Cryptography
internal import Glibc

/// Files that a command makes. None takes the place of another.
enum NewFile {
    /// A public file.
    static func write(_ text: String, to path: String) throws(CommandFailure) {
        try writing(path) { () throws(CryptographyError) in
            try DurableFile.write(Array(text.utf8), to: path, mode: 0o644, replacing: false)
        }
    }

    /// A private key, in a file that its owner alone can read.
    static func write(_ key: PrivateKey, to path: String) throws(CommandFailure) {
        try writing(path) { () throws(CryptographyError) in try key.write(toPEMFile: path) }
    }

    /// Whether something has the name already: to be told before work is begun.
    static func requireAbsent(_ path: String) throws(CommandFailure) {
        guard access(path, F_OK) != 0 else { throw exists(path) }
    }

    /// Takes back what was made for something that has failed.
    static func remove(_ path: String) {
        unlink(path)
    }

    private static func writing(
        _ path: String,
        _ body: () throws(CryptographyError) -> Void
    ) throws(CommandFailure) {
        do {
            try body()
        } catch {
            if error.code == .fileExists { throw exists(path) }
            throw CommandFailure(.cannotWrite, "\(path) can't be written", advice: "Is its folder there, and yours?")
        }
    }

    private static func exists(_ path: String) -> CommandFailure {
        CommandFailure(.cannotWrite, "\(path) exists already", advice: "Give another name, or move it away.")
    }
}
