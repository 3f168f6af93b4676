import HSM
import KeyModel
import KeyStorage

/// How an operation can end without a result.
enum ExecutionError: Error, Hashable, Sendable {
    /// An answer to the client.
    case failure(OperationFailure)
    /// No answer: the HSM is lost or the store can't be used. Nothing of the job is done, as far as is known.
    case abandoned(Reason)

    enum Reason: String, Hashable, Sendable {
        case hsmLost = "the HSM session is lost"
        case storeUnavailable = "the key store can't be used"
        /// What the store says of it later decides.
        case commitUnknown = "it is not known whether the change was committed"
    }

    static func failure(_ code: OperationFailure.Code) -> ExecutionError {
        .failure(OperationFailure(code))
    }
}

/// Runs a decision of the model: its failure is an answer.
func deciding<R>(_ body: () throws(OperationFailure) -> R) throws(ExecutionError) -> R {
    do {
        return try body()
    } catch {
        throw .failure(error)
    }
}

/// Runs an HSM call.
///
/// - Parameter rejection: what it means when the token refuses the wrapped key that it was given.
func usingHSM<R>(
    rejection: OperationFailure.Code,
    _ body: () throws(HSMError) -> R
) throws(ExecutionError) -> R {
    do {
        return try body()
    } catch {
        switch error.code {
        case .wrappedKeyRejected: throw .failure(rejection)
        case .lengthNotSupported: throw .failure(rejection)
        case .algorithmNotAllowed: throw .failure(.algorithmNotSupported)
        case .unavailable, .sessionLost: throw .abandoned(.hsmLost)
        default: throw .failure(.hsmUnavailable)
        }
    }
}

/// Runs a read of the key store. A record that fails its authentication is an answer; everything else is not.
func usingStore<R>(_ body: () throws -> R) throws(ExecutionError) -> R {
    do {
        return try body()
    } catch let error as StoreError where error.code == .recordCorrupted {
        throw .failure(.recordCorrupted)
    } catch let error as StoreError where error.code == .valueNotStorable || error.code == .engineFailed {
        // The engine can't do what was asked for: that is the fault of one job, not of its neighbours.
        throw .failure(.invalidField)
    } catch {
        throw .abandoned(.storeUnavailable)
    }
}
