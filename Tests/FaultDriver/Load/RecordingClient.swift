import FaultChecker
import KMIP
import KMIPClient
import NIOCore
import PipelineSite

/// One client with one connection at a time to one gateway. All that it does is recorded.
final class RecordingClient {
    /// So many seconds a client waits for an answer.
    static let patience = 15

    private let site: PipelineSite
    private let client: SiteClient
    let gateway: Int
    private let recorder: Recorder
    private var connection: KMIPConnection?
    /// Messages that were not answered, or with neither yes nor no.
    private(set) var unclearCount = 0

    init(site: PipelineSite, client: SiteClient, gateway: Int, recorder: Recorder) {
        self.site = site
        self.client = client
        self.gateway = gateway
        self.recorder = recorder
    }

    /// Makes a connection, unless there is one.
    ///
    /// - Returns: whether there is one now.
    func connect() async -> Bool {
        guard connection == nil else { return true }
        connection = try? await site.connect(as: client, gateway: gateway) { options in
            options.connectTimeout = .seconds(5)
            options.handshakeTimeout = .seconds(5)
            options.responseTimeout = .seconds(Int64(Self.patience))
        }
        return connection != nil
    }

    func disconnect() async {
        await connection?.close()
        connection = nil
    }

    /// Sends all of these as one message; each item is done whether or not those before it are.
    ///
    /// - Returns: what came back, or nil where there is no connection: then nothing was sent.
    @discardableResult
    func perform(
        _ requests: [HistoryEntry.Request],
        version: ProtocolVersion = .v14
    ) async -> [HistoryEntry.Outcome]? {
        guard let connection, !requests.isEmpty else { return nil }
        var header = RequestHeader(version: version)
        header.batchErrorContinuation = .continue
        let items = requests.enumerated().map { number, request in
            RequestItem(RequestMapping.payload(request), identifier: Array("\(number)".utf8))
        }
        let invoked = recorder.now
        let outcomes: [HistoryEntry.Outcome]
        do throws(KMIPClientError) {
            let conversation = KMIPConversation(over: connection, version: version)
            let response = try await conversation.send(RequestMessage(header: header, items: items))
            outcomes = match(response, to: items, requests)
        } catch {
            outcomes = requests.map { _ in RequestMapping.outcome(of: error) }
            await disconnect()
        }
        let answered = recorder.now
        if outcomes.contains(where: { if case .unclear = $0 { true } else { false } }) { unclearCount += 1 }
        recorder.record(
            zip(requests, outcomes).map { request, outcome in
                HistoryEntry(
                    client: client.fingerprint,
                    gateway: gateway,
                    request: request,
                    outcome: outcome,
                    invoked: invoked,
                    answered: answered
                )
            }
        )
        return outcomes
    }

    /// Discover Versions, with which a vCenter begins each connection; the gateway answers it by itself.
    func discoverVersions() async {
        guard let connection else { return }
        do throws(KMIPClientError) {
            _ = try await KMIPConversation(over: connection, version: .v11).discoverVersions()
        } catch {
            await disconnect()
        }
    }

    private func match(
        _ response: ResponseMessage,
        to items: [RequestItem],
        _ requests: [HistoryEntry.Request]
    ) -> [HistoryEntry.Outcome] {
        let answers = response.items
        guard answers.count <= items.count else {
            return requests.map { _ in .wrong("\(answers.count) answers to \(items.count) items") }
        }
        // One failure may stand for all that was asked. What was done is answered in its place.
        let isRefused = answers.allSatisfy { $0.status == .operationFailed }
        return zip(items, requests).enumerated().map { position, asked in
            guard position < answers.count, answers[position].identifier == asked.0.identifier else {
                return isRefused ? .unclear("no answer to this item") : .wrong("answers to other items")
            }
            return RequestMapping.outcome(answers[position], of: asked.1)
        }
    }
}
