import KMIP

/// What this gateway lets through.
struct RequestPolicy: Sendable {
    /// Items of one batch.
    static let mostItems = 256

    let allowsTripleDES: Bool
    /// A credential is looked at where there is one and is never required; by policy, a request with one is refused.
    let refusesCredentials: Bool

    /// Why a whole request is refused by its header alone.
    func failure(_ header: RequestHeader) -> ItemFailure? {
        // An option that is not supported: the entire request is to be rejected (KMIP 1.4, 6.13).
        if let option = header.batchErrorContinuation, option != .stop, option != .continue {
            return ItemFailure(.featureNotSupported, "Batch Error Continuation Option \(option) is not supported")
        }
        if refusesCredentials, !header.credentials.isEmpty {
            return ItemFailure(.authenticationNotSuccessful, "requests with a credential are refused by policy")
        }
        return nil
    }
}
