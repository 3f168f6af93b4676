import AuthorityKeeping
import Cryptography
import HSM
import KeyStorage
import ServiceBootstrap

/// Why a worker can't start or go on, in a line that says what to do.
enum WorkerFailure {
    static func describe(_ error: any Error) -> any Error {
        switch error {
        case let error as HSMError: describe(error)
        case let error as StoreError: describe(error)
        case AuthorityError.olderThanAnchor:
            ServiceFailure(
                .unavailable,
                "the key store is older than the token says: an old copy of the database was put back."
                    + " Put the newest one in its place"
            )
        case AuthorityError.keyIdentifierDamaged:
            ServiceFailure(.unavailable, "the key store records a key of the token without its identifier")
        default: error
        }
    }

    static func describe(_ error: CryptographyError, pinFile: String) -> ServiceFailure {
        ServiceFailure(
            .configuration,
            "hsm.pinFile \(pinFile) can't be used (\(error.code.rawValue)): it must hold the PIN and nothing else, and be"
                + " readable by its owner only"
        )
    }

    private static func describe(_ error: HSMError) -> ServiceFailure {
        switch error.code {
        case .pinIncorrect, .pinLocked, .pinExpired:
            ServiceFailure(
                .credentialRefused,
                "the token refused the PIN (\(error.code.rawValue)); it was tried once. Correct hsm.pinFile before you"
                    + " start a worker again: tokens lock after a few wrong PINs"
            )
        case .pinRefusedBefore:
            ServiceFailure(
                .credentialRefused,
                "the token refused the PIN in hsm.pinFile at an earlier start, and it was not tried again. Write the right"
                    + " PIN into that file; where it is the token that was put right, touch the file"
            )
        case .moduleNotLoadable:
            ServiceFailure(.configuration, "hsm.module can't be loaded: \(error)")
        case .tokenNotFound:
            ServiceFailure(.unavailable, "there is no such token (hsm.tokenLabel, hsm.tokenSerial): \(error)")
        case .configurationUnreadable, .tokenDirectoryUnusable:
            ServiceFailure(.unavailable, "SoftHSM's files can't be used (hsm.softHSMConfigurationFile): \(error)")
        default: ServiceFailure(.unavailable, "the HSM can't be used: \(error)")
        }
    }

    private static func describe(_ error: StoreError) -> ServiceFailure {
        ServiceFailure(.unavailable, "the key store can't be used (store.sqliteFile): \(error)")
    }
}
