import KMIP
import KMIPClient
import NIOPosix
import PipelineSite
import Synchronization
import TLSTransport
import TTLV

/// Clients that create keys as fast as they are answered, each key marked with a serial number of its own.
struct CreateLoad {
    struct Result: Sendable {
        /// Identifiers by serial number.
        var acknowledged: [String: String] = [:]
        /// Sent, and no success came back: such a key may be, once, or not.
        var unanswered: Set<String> = []
    }

    private static let mark = AttributeName("x-Serial")
    /// Items of one message.
    private static let batchCount = 32

    let site: PipelineSite
    let client: SiteClient
    var clientCount = 8

    /// Creates until `disturb` has ended and so many keys more are acknowledged.
    ///
    /// - Parameter gateways: that clients go to, in turn; each stays with its own.
    func run(
        on gateways: [Int] = [1],
        andMore count: Int = 50,
        while disturb: () async throws -> Void
    ) async throws -> Result {
        let progress = Progress()
        return try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<clientCount {
                group.addTask { await create(number, gateway: gateways[number % gateways.count], progress) }
            }
            do {
                try await disturb()
                let goal = progress.result.acknowledged.count + count
                try await site.wait("the load to go on", within: .seconds(60)) {
                    progress.result.acknowledged.count >= goal
                }
            } catch {
                progress.stop()
                throw error
            }
            progress.stop()
            try await group.waitForAll()
            return progress.result
        }
    }

    private func create(_ number: Int, gateway: Int, _ progress: Progress) async {
        var connection: KMIPConnection?
        var count = 0
        while !progress.isOver {
            if connection == nil { connection = try? await site.connect(as: client, gateway: gateway) }
            guard let open = connection else {
                try? await Task.sleep(for: .milliseconds(50))
                continue
            }
            let serial = "\(number)-\(count)"
            count += 1
            do {
                let conversation = KMIPConversation(over: open, version: .v14)
                let identifier = try await conversation.createKey([Attribute(Self.mark, .text(serial))])
                progress.acknowledge(serial, identifier)
            } catch {
                progress.giveUp(serial)
                await open.close()
                connection = nil
                try? await Task.sleep(for: .milliseconds(20))
            }
        }
        await connection?.close()
    }

    /// Looks for every key of a load.
    ///
    /// - Returns: what is wrong; empty if every acknowledged key is there, once and readable, every other at most once,
    ///   and no key is there that nobody asked for.
    func verify(_ result: Result, before: Int) async throws -> [String] {
        var problems: [String] = []
        let connection = try await site.connect(as: client)
        let conversation = KMIPConversation(over: connection, version: .v14)
        var found = 0
        for serials in Array(result.acknowledged.keys).pieces(of: Self.batchCount) {
            for (serial, identifiers) in zip(serials, try await locate(serials, conversation)) {
                found += identifiers.count
                if identifiers != [result.acknowledged[serial]] { problems.append("\(serial) is \(identifiers)") }
            }
        }
        for serials in Array(result.unanswered).pieces(of: Self.batchCount) {
            for (serial, identifiers) in zip(serials, try await locate(serials, conversation)) {
                found += identifiers.count
                if identifiers.count > 1 { problems.append("\(serial), unanswered, is \(identifiers)") }
            }
        }
        for identifiers in Array(result.acknowledged.values).pieces(of: Self.batchCount) {
            let answers = try await send(identifiers.map { .get(GetRequest(uniqueIdentifier: $0)) }, conversation)
            for case .get(let answer) in answers where try answer.keyBytes().count != 32 {
                problems.append("\(answer.uniqueIdentifier) is not a key of 32 bytes")
            }
        }
        let total = try await conversation.locate(maximumItems: 1).locatedItems.map { Int($0) }
        if total != before + found { problems.append("\(total ?? -1) keys, not \(before) + \(found)") }
        await connection.close()
        return problems
    }

    /// How many keys the client has.
    func keyCount() async throws -> Int {
        let located = try await site.conversing(as: client) { try await $0.locate(maximumItems: 1).locatedItems }
        return Int(located ?? 0)
    }

    private func locate(_ serials: [String], _ conversation: KMIPConversation) async throws -> [[String?]] {
        let answers = try await send(
            serials.map { .locate(LocateRequest(attributes: [Attribute(Self.mark, .text($0))])) },
            conversation
        )
        return answers.compactMap { if case .locate(let answer) = $0 { answer.uniqueIdentifiers } else { nil } }
    }

    /// One message with all of these.
    private func send(
        _ payloads: [RequestPayload],
        _ conversation: KMIPConversation
    ) async throws -> [ResponsePayload] {
        let items = payloads.enumerated().map { RequestItem($1, identifier: [UInt8($0)]) }
        let response = try await conversation.send(
            RequestMessage(header: RequestHeader(version: .v14), items: items)
        )
        let answers = response.items.compactMap(\.payload)
        guard answers.count == payloads.count else {
            throw PipelineSiteError(
                "\(answers.count) answers to \(payloads.count): \(response.items.last?.message ?? "")"
            )
        }
        return answers
    }
}

private final class Progress: Sendable {
    private let state = Mutex((result: CreateLoad.Result(), isOver: false))

    var result: CreateLoad.Result { state.withLock { $0.result } }
    var isOver: Bool { state.withLock { $0.isOver } }

    func acknowledge(_ serial: String, _ identifier: String) {
        state.withLock { $0.result.acknowledged[serial] = identifier }
    }

    func giveUp(_ serial: String) {
        state.withLock { _ = $0.result.unanswered.insert(serial) }
    }

    func stop() { state.withLock { $0.isOver = true } }
}

extension Array {
    fileprivate func pieces(of count: Int) -> [[Element]] {
        stride(from: 0, to: self.count, by: count).map { Array(self[$0..<Swift.min($0 + count, self.count)]) }
    }
}
