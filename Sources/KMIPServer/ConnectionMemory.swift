internal import KMIPFraming
internal import Synchronization

/// The shares of a listener's clients, for all its event loops.
final class ListenerMemory: Sendable {
    private let shares: Mutex<MemoryShares>

    init(limit: Int) {
        shares = Mutex(MemoryShares(limit: limit))
    }

    fileprivate func change(by byteCount: Int, of client: [UInt8]) -> Bool {
        shares.withLock { $0.change(by: byteCount, of: client) }
    }
}

/// What one connection holds of its client's share of the secure memory. It is asked before memory is taken. What it
/// holds is given back when nobody has this object any more, at the latest: a request counts until its answer is
/// there, though its connection has ended.
package final class ConnectionMemory: Sendable {
    /// In bytes of whole blocks.
    private struct Held {
        /// What has come and was not asked for as a message yet.
        var arrival = 0
        /// The message that is being answered.
        var request = 0
        /// Key material and passwords, copied out of it.
        var secrets = 0
        var response = 0

        var total: Int { arrival + request + secrets + response }
    }

    private let listener: ListenerMemory
    private let client: [UInt8]
    private let held = Mutex(Held())

    /// - Parameter client: its certificate's fingerprint; empty for one without a certificate.
    init(_ listener: ListenerMemory, client: [UInt8]) {
        self.listener = listener
        self.client = client
    }

    deinit {
        _ = listener.change(by: -held.withLock { $0.total }, of: client)
    }

    /// To be asked before a secret of the request is copied. Given back when the request is answered.
    ///
    /// - Returns: false where it is beyond the client's share.
    package func takeSecret(of byteCount: Int) -> Bool {
        change { $0.secrets += SecureBlock.byteCount(holding: byteCount) }
    }

    /// To be asked before the response is written, and again where another replaces it. Given back when it is sent.
    ///
    /// - Returns: false where it is beyond the client's share.
    package func takeResponse(of byteCount: Int) -> Bool {
        change { $0.response = SecureBlock.byteCount(holding: byteCount) }
    }

    /// - Parameter blocks: what the connection will hold of what has come, at most.
    func takeArrival(_ blocks: Int) -> Bool {
        change { $0.arrival = blocks }
    }

    /// What has come was taken in.
    ///
    /// - Parameters:
    ///   - blocks: what is held of it still: with the message no more than was asked for.
    ///   - messageByteCount: of the message that is answered now; nil where there is none.
    func settleArrival(_ blocks: Int, messageByteCount: Int?) {
        _ = change { held in
            held.arrival = blocks
            if let messageByteCount { held.request = SecureBlock.byteCount(holding: messageByteCount) }
        }
    }

    func giveBackRequest() {
        _ = change { held in
            held.request = 0
            held.secrets = 0
        }
    }

    func giveBackResponse() {
        _ = change { $0.response = 0 }
    }

    private func change(_ edit: (inout Held) -> Void) -> Bool {
        held.withLock { held in
            var edited = held
            edit(&edited)
            guard listener.change(by: edited.total - held.total, of: client) else { return false }
            held = edited
            return true
        }
    }
}
