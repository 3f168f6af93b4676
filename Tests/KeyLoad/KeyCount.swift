import Cryptography
import KMIP
package import KMIPClient
import KMIPFraming
import TTLV

/// Looks for every key of a load, over one connection.
package struct KeyCount {
    /// Items of one message.
    private static let batchCount = 32

    private let conversation: KMIPConversation

    package init(over connection: KMIPConnection) {
        conversation = KMIPConversation(over: connection, version: .v14)
    }

    /// How many keys the client has.
    ///
    /// - Throws: where they are too many for the server to count.
    package func total() async throws -> Int {
        guard let total = try await conversation.locate(maximumItems: 1).locatedItems else {
            throw KeyLoadError("the server does not say how many keys there are")
        }
        return Int(total)
    }

    /// - Parameter before: how many keys the client had before the load.
    /// - Returns: what is wrong; empty if every acknowledged key is there, once and readable, every other at most once,
    ///   and no key is there that nobody asked for.
    package func problems(of result: CreateLoad.Result, before: Int) async throws -> [String] {
        var problems: [String] = []
        var found = 0
        for serials in Array(result.acknowledged.keys).pieces(of: Self.batchCount) {
            for (serial, identifiers) in zip(serials, try await locate(serials)) {
                found += identifiers.count
                if identifiers != [result.acknowledged[serial]] { problems.append("\(serial) is \(identifiers)") }
            }
        }
        for serials in Array(result.unanswered).pieces(of: Self.batchCount) {
            for (serial, identifiers) in zip(serials, try await locate(serials)) {
                found += identifiers.count
                if identifiers.count > 1 { problems.append("\(serial), unanswered, is \(identifiers)") }
            }
        }
        for identifiers in Array(result.acknowledged.values).pieces(of: Self.batchCount) {
            let answers = try await send(identifiers.map { .get(GetRequest(uniqueIdentifier: $0)) })
            for (identifier, answer) in zip(identifiers, answers) where !answer.isKey(identifier) {
                problems.append("\(identifier) is not a key of 32 bytes")
            }
        }
        let total = try await total()
        if total != before + found { problems.append("\(total) keys, not \(before) + \(found)") }
        return problems
    }

    private func locate(_ serials: [String]) async throws -> [[String?]] {
        let answers = try await send(
            serials.map { .locate(LocateRequest(attributes: [Attribute(CreateLoad.mark, .text($0))])) }
        )
        return try answers.map { answer in
            guard case .locate(let located) = answer else { throw KeyLoadError("no answer to Locate: \(answer)") }
            return located.uniqueIdentifiers
        }
    }

    /// One message with all of these.
    private func send(_ payloads: [RequestPayload]) async throws -> [ResponsePayload] {
        let items = payloads.enumerated().map { RequestItem($1, identifier: [UInt8($0)]) }
        let response = try await conversation.send(
            RequestMessage(header: RequestHeader(version: .v14), items: items)
        )
        let answers = response.items.compactMap(\.payload)
        guard answers.count == payloads.count else {
            throw KeyLoadError("\(answers.count) answers to \(payloads.count): \(response.items.last?.message ?? "")")
        }
        return answers
    }
}

extension ResponsePayload {
    /// Whether it is an answer to Get with this raw key of 32 bytes.
    fileprivate func isKey(_ identifier: String) -> Bool {
        guard case .get(let answer) = self, answer.uniqueIdentifier == identifier,
            case .symmetricKey(let block) = answer.object, block.format == .raw,
            case .bytes(let material) = block.value?.material
        else { return false }
        return material.count == 32
    }
}

extension Array {
    fileprivate func pieces(of count: Int) -> [[Element]] {
        stride(from: 0, to: self.count, by: count).map { Array(self[$0..<Swift.min($0 + count, self.count)]) }
    }
}

/// Why a load is not what a test needs.
package struct KeyLoadError: Error, CustomStringConvertible {
    package let description: String

    package init(_ description: String) {
        self.description = description
    }
}
