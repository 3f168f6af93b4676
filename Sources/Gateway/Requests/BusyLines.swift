/// Which requests that are refused as "busy" get a log line: one a second, with the number of those before it that have
/// none. A refusal must stay cheaper than the work, and an overload must not fill the disk.
struct BusyLines {
    private static let milliseconds: Int64 = 1_000

    private var last: Int64?
    private var unwritten = 0

    /// - Parameter now: milliseconds by a clock that only goes forward.
    /// - Returns: nil if there is to be no line; else how many had none since the last one.
    mutating func line(now: Int64) -> Int? {
        if let last, now - last < Self.milliseconds {
            unwritten += 1
            return nil
        }
        last = now
        defer { unwritten = 0 }
        return unwritten
    }
}
