/// Where a chain of audit events stands: the events of one run of one worker, each bound to the one before by hash.
package struct AuditChain: Hashable, Sendable {
    /// Identifies the chain: the worker's boot id, 16 random bytes.
    package let identifier: [UInt8]
    /// The sequence number of the next event, from 1.
    package let nextSequence: Int64
    /// The hash of the latest event; 32 zeros where there is none.
    package let latestHash: [UInt8]

    /// A chain without events. A worker starts one when it starts, and another after a write that failed in a way that
    /// leaves open whether it was committed.
    package init(startingAs identifier: [UInt8]) {
        self.init(identifier: identifier, nextSequence: 1, latestHash: Array(repeating: 0, count: 32))
    }

    init(identifier: [UInt8], nextSequence: Int64, latestHash: [UInt8]) {
        self.identifier = identifier
        self.nextSequence = nextSequence
        self.latestHash = latestHash
    }
}
