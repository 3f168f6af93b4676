import Cryptography
import Foundation
import Glibc
import KeyModel
import ServiceBootstrap

/// Makes a key and a certificate for one more operator, beside the first one's, and a profile for the command line.
package struct OperatorIssue {
    private let name: String
    private let roles: [String]
    private let now: Int64

    /// - Parameter now: seconds since 1970.
    package init(name: String, roles: [String], now: Int64) {
        self.name = name
        self.roles = roles
        self.now = now
    }

    /// - Returns: lines for the terminal: what was made, and what is to be done with it.
    package func run(in home: InstallationFolder) async throws -> [String] {
        umask(0o077)
        guard Self.isName(name) else {
            throw SetupError(
                .optionInvalid,
                "a name is 1 to 64 letters, digits, dots, hyphens or underscores, beginning with a letter or digit"
            )
        }
        for role in roles where Operator.Role(rawValue: role) == nil {
            let known = Operator.Role.allCases.map(\.rawValue).joined(separator: ", ")
            throw SetupError(.optionInvalid, "\(role) is none of \(known)")
        }
        let authority = try home.issuer(.operatorsAuthority, at: now)
        let files = CredentialFiles(
            certificateFile: home.file("operators/\(name).pem"),
            keyFile: home.file("operators/\(name).key")
        )
        let profile = home.file("profiles/\(name).yaml")
        for path in [files.certificateFile, files.keyFile, profile] where FileManager.default.fileExists(atPath: path) {
            throw SetupError(.folderNotEmpty, "\(path) is there already; take another name, or move it away")
        }
        let settings = try await profileText(of: files, in: home)
        let key = try PrivateKey.generate(.p256)
        let certificate = try authority.issueOperator(name: name, to: key.publicKey, now: now)
        try files.write(certificate, key)
        try FileManager.default.createDirectory(
            atPath: home.file("profiles"),
            withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700]
        )
        try DurableFile.write(Array(settings.utf8), to: profile, mode: 0o600, replacing: false)
        let options = roles.map { " --role \($0)" }.joined()
        return [
            "Made \(files.certificateFile) and \(files.keyFile), which belong to '\(name)' and nobody else.",
            "It confers nothing yet. A key owner or KMIP manager who has the roles himself admits it:",
            "  keyferry operator add \(name) \(files.certificateFile)\(options)",
            "Commands act as '\(name)' with --profile \(name), here. Elsewhere take both files and the CA of the admin front "
                + "along, and \(profile) as ~/.keyferry/operator.yaml, with the new paths in it.",
        ]
    }

    /// As `operator.yaml` says how the admin front is reached, for another operator.
    private func profileText(of files: CredentialFiles, in home: InstallationFolder) async throws -> String {
        let first = try await ConfigurationReader.read(
            OperatorSettings.self,
            path: home.configuration(.commandLine),
            environment: [:]
        )
        return try ConfigurationFiles.profile(
            server: first.server,
            serverAuthority: Self.pathFromProfile(first.serverAuthorityFile, in: home),
            certificate: Self.pathFromProfile(files.certificateFile, in: home),
            key: Self.pathFromProfile(files.keyFile, in: home)
        )
    }

    /// Relative within the installation, so that it can be moved.
    private static func pathFromProfile(_ path: String, in home: InstallationFolder) -> String {
        path.hasPrefix(home.path + "/") ? ".." + path.dropFirst(home.path.count) : path
    }

    private static func isName(_ name: String) -> Bool {
        func isLetterOrDigit(_ character: Character) -> Bool {
            character.isASCII && (character.isLetter || character.isNumber)
        }
        guard let first = name.first, isLetterOrDigit(first), name.utf8.count <= 64 else { return false }
        return name.allSatisfy { isLetterOrDigit($0) || $0 == "." || $0 == "-" || $0 == "_" }
    }
}
