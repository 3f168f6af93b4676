import KeyModel

/// How much a worker does before it turns to what else its one thread has to do: the heartbeat, by which the fronts know
/// that it lives, and operators' orders.
struct WorkLimits {
    /// Operations of the jobs that are begun together.
    var operations = 256
    /// No further job is begun in a turn that has taken so long.
    var turn = Duration.milliseconds(500)
    /// No further operation of a job is begun that has taken so long.
    var job = Duration.seconds(2)
    /// What operations that only read may add to one job's answer, in bytes: with what the others add, it fits into a
    /// message.
    var answerBytes = 3 << 19
    /// Records that one search looks at.
    var searchedRecords = 20_000
}

extension OperationResult {
    /// What the result of an operation that only reads adds to an answer, about, in bytes. Others are bounded by their
    /// requests.
    var unboundedByteCount: Int {
        switch self {
        case .attributes(_, let attributes): attributes.reduce(0) { $0 + $1.byteCount }
        case .attributeList(_, let names): names.reduce(0) { $0 + 4 + $1.text.utf8.count }
        case .located(let identifiers, _): identifiers.reduce(0) { $0 + 4 + $1.text.utf8.count }
        case .created, .registered, .got, .attributeAdded, .attributeModified, .attributeDeleted, .activated, .revoked,
            .destroyed:
            0
        }
    }
}
