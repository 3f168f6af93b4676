import Cryptography
import Foundation
import Glibc

/// Copies a SoftHSM token, with its PINs, from the `token` folder of another installation: development's way, and a trial's.
struct TokenCopy {
    /// The other installation's `token` folder.
    let source: String

    func copy(to folder: InstallationFolder) throws {
        let tokens = "\(source)/tokens"
        guard let names = try? FileManager.default.subpathsOfDirectory(atPath: tokens), !names.isEmpty else {
            throw SetupError(
                .optionInvalid,
                "--token: there is no SoftHSM token in \(tokens); name the folder token of the installation that had it"
            )
        }
        for name in names.sorted() {
            try copyItem("\(tokens)/\(name)", to: "\(folder.tokenFolder)/\(name)")
        }
        for (name, destination) in [("pin", folder.pinFile), ("so-pin", folder.securityOfficerPINFile)]
        where FileManager.default.fileExists(atPath: "\(source)/\(name)") {
            try Self.copySecret("\(source)/\(name)", to: destination)
        }
    }

    static func copySecret(_ source: String, to destination: String) throws {
        do {
            let secret = try SecretBytes(contentsOfFile: source)
            try secret.write(toFile: destination)
        } catch {
            throw SetupError(.fileUnusable, "\(source) cannot be used: \(error)")
        }
    }

    private func copyItem(_ source: String, to destination: String) throws {
        var status = stat()
        guard lstat(source, &status) == 0 else {
            throw SetupError(.fileUnusable, "\(source) cannot be read: \(String(cString: strerror(errno)))")
        }
        switch status.st_mode & S_IFMT {
        case S_IFDIR:
            guard mkdir(destination, 0o700) == 0 else {
                throw SetupError(.folderUnusable, "\(destination) cannot be made: \(String(cString: strerror(errno)))")
            }
        case S_IFREG:
            guard let content = FileManager.default.contents(atPath: source) else {
                throw SetupError(.fileUnusable, "\(source) cannot be read")
            }
            try DurableFile.write(Array(content), to: destination, mode: 0o600, replacing: false)
        default:
            throw SetupError(.fileUnusable, "\(source) is neither file nor folder; a SoftHSM token has nothing else")
        }
    }
}
