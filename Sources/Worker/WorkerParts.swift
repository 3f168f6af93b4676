import AuthorityKeeping
import HSM
import KeyStorage
import Logging

/// What a worker works with, opened and checked. All of it belongs to the worker's one thread.
struct WorkerParts {
    let hsm: HSMSession
    let store: KeyStore
    let keeper: AuthorityKeeper
    let logger: Logger
}
