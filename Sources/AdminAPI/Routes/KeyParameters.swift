internal import AdminResources
internal import Hummingbird
internal import KeyModel

/// The parameters of a list of keys.
enum KeyParameters {
    /// No identifier that was given out is longer.
    static let longestIdentifier = 128

    /// vCenter's names are shorter, and all parameters together fit into the header of a request
    /// (`AdminServer`).
    static let longestText = 256

    static let states = Dictionary(uniqueKeysWithValues: ObjectState.allCases.map { ($0.resourceText, $0) })
}

extension KeySearch {
    /// What a query asks for.
    ///
    /// - Throws: `invalidParameter`.
    init(_ request: Request) throws(APIFailure) {
        let query = request.uri.queryParameters
        let pagination = try Pagination(request)
        self.init(limit: pagination.limit)
        after = try pagination.after.map { (text) throws(APIFailure) in try KeyCursor.key(text) }
        if let text = query["identifier"] {
            identifierPrefix = try Self.text(text, "identifier", upTo: KeyParameters.longestIdentifier)
        }
        for (parameter, name) in KeyQuery.attributes.sorted(by: { $0.key < $1.key }) {
            guard let text = query[Substring(parameter)] else { continue }
            let value = try Self.text(text, parameter, upTo: KeyParameters.longestText)
            attributes.append(Attribute(name: AttributeName(name), value: .text(value)))
        }
        for text in query.getAll("state") {
            guard let state = KeyParameters.states[String(text)] else {
                let names = ObjectState.allCases.map(\.resourceText).joined(separator: ", ")
                throw APIFailure(.invalidParameter, "state must be one of \(names).")
            }
            states.insert(state)
        }
        createdFrom = try Self.moment(query["createdFrom"], "createdFrom")
        createdBefore = try Self.moment(query["createdBefore"], "createdBefore")
        if let moment = try Self.moment(query["notRetrievedSince"], "notRetrievedSince") {
            retrieval = .notSince(moment)
        }
        if try Self.truth(query["neverRetrieved"], "neverRetrieved") { retrieval = .never }
    }

    private static func text(_ text: Substring, _ name: String, upTo most: Int) throws(APIFailure) -> String {
        guard (1...most).contains(text.unicodeScalars.count) else {
            throw APIFailure(.invalidParameter, "\(name) must have 1 to \(most) characters.")
        }
        return String(text)
    }

    static func moment(_ text: Substring?, _ name: String) throws(APIFailure) -> Timestamp? {
        guard let text else { return nil }
        guard let moment = Timestamp(internetDateTime: text) else {
            throw APIFailure(.invalidParameter, "\(name) must be a moment, such as 2026-11-28T12:00:00Z.")
        }
        return moment
    }

    private static func truth(_ text: Substring?, _ name: String) throws(APIFailure) -> Bool {
        switch text {
        case nil, "false"?: return false
        case "true"?: return true
        default: throw APIFailure(.invalidParameter, "\(name) must be true or false.")
        }
    }
}

/// The places where a list of keys, or a key's history, goes on: what a worker takes for a position. Another one that a
/// client makes up does no harm but begin elsewhere.
enum KeyCursor {
    static func text(_ position: KeySearch.Position) -> String {
        Pagination.cursor("\(position.created.secondsSince1970) \(position.identifier)")
    }

    static func text(_ position: KeyHistoryPart.Position) -> String {
        let chain = Hexadecimal.encode(position.chain)
        return Pagination.cursor("\(position.time.secondsSince1970) \(chain) \(position.sequence)")
    }

    static func key(_ text: String) throws(APIFailure) -> KeySearch.Position {
        let parts = text.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, let seconds = Int64(parts[0]), parts[1].utf8.count <= KeyParameters.longestIdentifier
        else { throw Self.unknown }
        return KeySearch.Position(
            created: Timestamp(secondsSince1970: seconds),
            identifier: UniqueIdentifier(String(parts[1]))
        )
    }

    static func event(_ text: String) throws(APIFailure) -> KeyHistoryPart.Position {
        let parts = text.split(separator: " ")
        guard parts.count == 3, let seconds = Int64(parts[0]), parts[1].utf8.count <= 64,
            let chain = Hexadecimal.decode(parts[1].utf8), let sequence = Int64(parts[2])
        else { throw Self.unknown }
        return KeyHistoryPart.Position(
            time: Timestamp(secondsSince1970: seconds),
            chain: chain,
            sequence: sequence
        )
    }

    private static let unknown = APIFailure(.invalidParameter, "cursor must be the nextCursor of another answer.")
}
