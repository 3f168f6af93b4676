internal import AdminResources
internal import FoundationEssentials
internal import Hummingbird

/// The part of a list that a query asks for: `limit` items behind `cursor`, in order of name.
struct Pagination {
    static let defaultLimit = 100
    static let maximumLimit = 500

    let limit: Int
    /// The name behind which to begin.
    let after: String?

    init(_ request: Request) throws(APIFailure) {
        let query = request.uri.queryParameters
        limit = try Self.limit(query["limit"])
        after = try query["cursor"].map { (text) throws(APIFailure) in try Self.name(inCursor: text) }
    }

    func page<Item>(of items: [Item], name: (Item) -> String) -> Page<Item> {
        let behind = items.sorted { name($0) < name($1) }.drop { item in
            after.map { name(item) <= $0 } ?? false
        }
        let part = behind.prefix(limit)
        let hasMore = behind.count > part.count
        return Page(items: Array(part), nextCursor: hasMore ? part.last.map { Self.cursor(name($0)) } : nil)
    }

    private static func limit(_ text: Substring?) throws(APIFailure) -> Int {
        guard let text else { return defaultLimit }
        guard let limit = Int(text), (1...maximumLimit).contains(limit) else {
            throw APIFailure(.invalidParameter, "limit must be a number from 1 to \(maximumLimit).")
        }
        return limit
    }

    /// base64url without padding (RFC 4648, 5).
    static func cursor(_ name: String) -> String {
        String(
            Data(name.utf8).base64EncodedString().compactMap { character in
                switch character {
                case "+": "-"
                case "/": "_"
                case "=": nil
                default: character
                }
            }
        )
    }

    static let longestCursor = 1_024
    private static let cursorCharacters = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

    private static func name(inCursor cursor: Substring) throws(APIFailure) -> String {
        let unknown = APIFailure(.invalidParameter, "cursor must be the nextCursor of another answer.")
        guard cursor.utf8.count <= longestCursor, cursor.utf8.allSatisfy(cursorCharacters.contains) else {
            throw unknown
        }
        var base64 = String(cursor.map { $0 == "-" ? "+" : $0 == "_" ? "/" : $0 })
        base64 += String(repeating: "=", count: (4 - base64.utf8.count % 4) % 4)
        guard let bytes = Data(base64Encoded: base64), let name = String(bytes: bytes, encoding: .utf8) else {
            throw unknown
        }
        return name
    }
}
