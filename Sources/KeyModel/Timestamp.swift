/// A moment, in whole seconds since 1970-01-01T00:00:00Z, as KMIP's Date-Time carries it (KMIP 1.4, 9.1.1.4).
package struct Timestamp: Hashable, Comparable, Sendable {
    package let secondsSince1970: Int64

    package init(secondsSince1970: Int64) {
        self.secondsSince1970 = secondsSince1970
    }

    package static func < (left: Timestamp, right: Timestamp) -> Bool {
        left.secondsSince1970 < right.secondsSince1970
    }

    /// This moment moved by `seconds`; saturates instead of overflowing, because dates come from clients.
    package func advanced(bySeconds seconds: Int64) -> Timestamp {
        let (sum, overflow) = secondsSince1970.addingReportingOverflow(seconds)
        return Timestamp(secondsSince1970: overflow ? (seconds < 0 ? .min : .max) : sum)
    }
}
