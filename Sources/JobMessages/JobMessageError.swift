/// Why bytes from the queue are no job message. Nothing of the bytes is repeated in it.
package enum JobMessageError: Error, Hashable, Sendable {
    /// Not protobuf, or a field has a value that its meaning does not allow.
    case malformed
    /// Sound, but of a kind that this process does not know: the sender is newer.
    case notUnderstood
}
