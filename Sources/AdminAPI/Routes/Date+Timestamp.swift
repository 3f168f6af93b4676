internal import FoundationEssentials
internal import KeyModel

extension Date {
    /// What RFC 3339 can write: years 0000 to 9999. A certificate's dates are within them (RFC 5280, 4.1.2.5).
    private static let writable: ClosedRange<Int64> = -62_167_219_200...253_402_300_799

    init(_ timestamp: Timestamp) {
        let seconds = min(max(timestamp.secondsSince1970, Self.writable.lowerBound), Self.writable.upperBound)
        self.init(timeIntervalSince1970: Double(seconds))
    }
}
