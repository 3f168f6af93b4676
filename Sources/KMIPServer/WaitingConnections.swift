/// The connections that are not admitted, in the order in which they came.
struct WaitingConnections {
    /// Ascending. Those that are not members any more stay until their turn, or until they are more than the others.
    private var line: [ConnectionID] = []
    private var first = 0
    private var members: Set<ConnectionID> = []

    var count: Int { members.count }
    var lineCount: Int { line.count }

    /// - Parameter id: later than all before it.
    mutating func append(_ id: ConnectionID) {
        line.append(id)
        members.insert(id)
        guard line.count > 64, line.count > 2 * members.count else { return }
        line = line[first...].filter { members.contains($0) }
        first = 0
    }

    mutating func remove(_ id: ConnectionID) {
        members.remove(id)
    }

    /// The oldest.
    mutating func removeFirst() -> ConnectionID? {
        while first < line.count {
            let id = line[first]
            first += 1
            if members.remove(id) != nil { return id }
        }
        return nil
    }
}
