import ArgumentParser
import AuthorityKeeping
import Cryptography
import HSM
import KeyStorage
import LocalSite
import OperatorSignatures
package import ServiceBootstrap

/// What is printed, and with which code the process ends, when a command fails.
package struct FailureReport: Sendable {
    package let line: String
    package let exitCode: ServiceExitCode

    /// Nil for what the argument parser says better itself: wrong usage, and requests for help.
    package init?(_ error: any Error) {
        switch error {
        case let error as HSMError:
            line = "the token: \(error.description)" + Self.advice(error.code)
            exitCode =
                [.pinIncorrect, .pinRefusedBefore, .pinLocked, .pinExpired].contains(error.code)
                ? .credentialRefused : .unavailable
        case AuthorityError.olderThanAnchor(let store, let token):
            line =
                "the key store is at generation \(store) and the token says \(token): an old database was put back; "
                + "restore the newest one"
            exitCode = .unavailable
        case AuthorityError.keyIdentifierDamaged:
            line = "the key store records a key of the token without its identifier"
            exitCode = .unavailable
        case let error as StoreError:
            line = error.description
            exitCode = .unavailable
        case let error as CryptographyError:
            line = error.description + (Self.isAboutFiles(error.code) ? "; is there room on the disk?" : "")
            exitCode = .failed
        case let error as ConfigurationError:
            line = error.description
            exitCode = .configuration
        case let error as ServiceFailure:
            line = error.description
            exitCode = error.exitCode
        case let error as SetupError:
            line = error.description
            exitCode = error.code == .optionInvalid ? .usage : .unavailable
        case let error as OperatorSignatureError:
            line = error.description
            exitCode = .failed
        case let error as LocalSiteError:
            line = error.description
            exitCode = .unavailable
        default:
            return nil
        }
    }

    private static func isAboutFiles(_ code: CryptographyError.Code) -> Bool {
        code == .fileNotWritten
    }

    private static func advice(_ code: HSMError.Code) -> String {
        switch code {
        case .pinIncorrect:
            "; the PIN file (hsm.pinFile) is not this token's. It was tried once: put the right one there before you "
                + "try again, for tokens lock after a few wrong ones"
        case .pinRefusedBefore:
            "; the PIN file (hsm.pinFile) was refused at an earlier start and was not tried again: write the right PIN into "
                + "it, or touch it where it is the token that was put right"
        case .pinLocked: "; the security officer can unlock it (token/so-pin)"
        case .moduleNotLoadable: "; apt-get install softhsm2, or name the module in worker.yaml (hsm.module)"
        case .tokenNotFound: "; is directories.tokendir in token/softhsm2.conf this installation's?"
        case .keyMissing: "; token and key store are not of the same backup"
        case .anchorMissing: "; the token is not this installation's"
        case .loginLockBusy: "; another process holds the token's login lock"
        default: ""
        }
    }
}
