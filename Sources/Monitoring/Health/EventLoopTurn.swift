package import NIOCore

/// Whether event loops turn.
package enum EventLoopTurn {
    /// Returns when each loop of the group has done a piece of work for the asking. A loop that is stuck keeps it waiting:
    /// who asks has a time limit.
    package static func all(of group: any EventLoopGroup) async {
        for loop in group.makeIterator() {
            try? await loop.submit {}.get()
        }
    }
}
