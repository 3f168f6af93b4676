/// Why an installation was not made, renewed or run. The description is one line for the terminal: what is wrong and
/// what to do. It names paths and keys by identifier; never a secret.
package struct SetupError: Error, Equatable, CustomStringConvertible {
    package enum Code: Sendable {
        /// The folder holds an installation; it is never made twice.
        case installationExists
        /// The folder holds something else.
        case folderNotEmpty
        /// The folder, or the one above it, cannot be used.
        case folderUnusable
        /// Another process is making, or renewing, this installation.
        case busy
        /// The PKCS #11 module is not there.
        case moduleMissing
        /// An option does not say what it must.
        case optionInvalid
        /// There is no installation in the folder.
        case notInstalled
        /// A file of the installation is missing or is not what it must be.
        case installationDamaged
        /// The site serves, but the conversation did not go as it must.
        case selfTestFailed
        /// A file that is to be made is there already.
        case fileExists
        /// A file that is to be read is not there, or not what it must be.
        case fileUnusable
        /// The file is no backup.
        case notABackup
        /// The backup's format is of another version of this software.
        case backupVersionUnknown
        /// The backup is cut short, or was altered.
        case backupDamaged
        /// The backup is encrypted to another recovery key.
        case wrongRecoveryKey
        /// The backup needs another token than the one at hand.
        case wrongToken
        /// The backup is older than the authority that the token has seen.
        case backupOlder
        /// Who signed may not decide, or did not sign this.
        case approvalRefused
    }

    package let code: Code
    package let description: String

    package init(_ code: Code, _ description: String) {
        self.code = code
        self.description = description
    }

    package static func == (left: Self, right: Self) -> Bool {
        left.code == right.code
    }
}
