/// Why a file is no inventory that can be relied on.
package struct InventoryError: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Code: Hashable, Sendable {
        /// Beyond what the largest vCenter's inventory can be.
        case tooLarge
        /// Not text, or text in no encoding that is read.
        case notText
        /// Text, but not an export of ours.
        case notInventory
        /// An export of another format version.
        case unsupportedFormat
        case missingColumns
        /// Text that breaks the rules of CSV or JSON.
        case malformed
        /// The end is missing, or records are.
        case incomplete
        /// A value that can't be, or records that contradict each other.
        case contradictory
    }

    /// Where in the file.
    package enum Place: Hashable, Sendable {
        /// CSV: the first line is 1.
        case line(Int)
        /// JSON: the first record is 1.
        case record(Int)
    }

    package let code: Code
    package let place: Place?
    /// What is wrong, without the place. It may quote the file: fit for a terminal only after control characters are
    /// replaced.
    package let message: String
    /// What to do about it.
    package let advice: String

    init(_ code: Code, at place: Place? = nil, _ message: String, advice: String = Self.exportAnew) {
        self.code = code
        self.place = place
        self.message = message
        self.advice = advice
    }

    package var description: String {
        switch place {
        case nil: message
        case .line(let line): "line \(line): \(message)"
        case .record(let record): "record \(record): \(message)"
        }
    }

    static let exportAnew = "Export it again with the script that 'keyferry inventory export-script' prints."

    /// What is expected, where something else was given.
    static let expected = """
        Expected is the CSV or JSON that the script of 'keyferry inventory export-script' writes: its first record is \
        'Export', its last is 'End', and its columns are \
        \(InventoryColumn.allCases.map(\.rawValue).joined(separator: ", ")).
        """

    static let tooManyRecords = InventoryError(
        .tooLarge,
        "there are more than \(Inventory.mostRecords) records, which no vCenter has"
    )
}
