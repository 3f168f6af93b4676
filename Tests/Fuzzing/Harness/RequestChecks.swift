import Cryptography
import KMIP
import KMIPFraming
import KeyModel
import TTLV

@testable import Gateway

/// One request message, from its bytes to the bytes of the answer, with a worker that answers as the input says.
struct RequestChecks {
    private static let now: Int64 = 1_800_000_000

    let allowsTripleDES: Bool
    let refusesCredentials: Bool
    let outcomes: [UInt8]

    func check(_ message: SecretBox) throws {
        let request: ReceivedRequest
        do throws(RequestFailure) {
            request = try message.bytes.withUnsafeBytes { bytes throws(RequestFailure) in
                try Self.decode(bytes.bytes)
            }
        } catch {
            try checkRefusal(error, of: message)
            return
        }
        try checkWritingAgain(request)
        let policy = RequestPolicy(allowsTripleDES: allowsTripleDES, refusesCredentials: refusesCredentials)
        guard policy.failure(request.header) == nil else { return }
        let fixture = try RequestFixture.made.get()
        let mapping = OperationMapping(allowsTripleDES: allowsTripleDES, transport: fixture.transport)
        let plan = RequestPlan(request, mapping: mapping)
        let worker = WorkerAnswers(script: outcomes, transportKey: fixture.transportKey)
        let answers = try worker.outcomes(of: plan.operations, continues: plan.continuesAfterFailure)
        let results = ResultMapping(version: request.header.version, transport: fixture.transport)
        var header = ResponseHeader(version: request.header.version, timeStamp: Self.now)
        header.clientCorrelationValue = request.header.clientCorrelationValue
        let response = ResponseMessage(header: header, items: plan.items(answers, mapping: results))
        try checkItems(of: response, to: request)
        try checkSending(response, to: request)
    }

    private static func decode(_ bytes: RawSpan) throws(RequestFailure) -> ReceivedRequest {
        try ReceivedRequest(decoding: bytes, maximumItems: RequestPolicy.mostItems, makeSecret: makeSecret)
    }

    static let makeSecret: SecretFactory = { SecretBox(try SecretBytes(copying: $0)) }

    /// A request that can't be read is answered in its version, as far as that can be read, with one failed item.
    private func checkRefusal(_ failure: RequestFailure, of message: SecretBox) throws {
        let sent = try ResponseChecks.sent(failure.response(timeStamp: Self.now), maximumSize: nil).message
        try require(sent.items.count == 1 && sent.items[0].status == .operationFailed, "not one failed item")
        try require(sent.items[0].operation == nil, "an operation in the answer to what can't be read")
        if let version = message.bytes.withUnsafeBytes({ PlainVersion.of(Array($0)) }), version.isSupported {
            try require(sent.header.version == version, "answered in \(sent.header.version), not in \(version)")
        } else {
            try require(sent.header.version.isSupported, "answered in \(sent.header.version)")
        }
    }

    /// What was read can be written, and is read as the same. In older versions that is so as long as they have all the
    /// attributes: the writer leaves out those that they have not, and what is left need not be a whole request.
    private func checkWritingAgain(_ request: ReceivedRequest) throws {
        let isWhole = request.header.version == .v14
        var items: [RequestItem] = []
        for item in request.items {
            guard case .success(let payload) = item.payload else { return }
            items.append(
                RequestItem(payload, identifier: item.identifier, messageExtension: item.messageExtension)
            )
        }
        let written = RequestMessage(header: request.header, items: items).bytes()
        let again: ReceivedRequest
        do throws(RequestFailure) {
            again = try Self.decode(written.span.bytes)
        } catch {
            throw Violation("what was read and written can't be read: \(error.error)")
        }
        var payloads: [RequestItem] = []
        for item in again.items {
            guard case .success(let payload) = item.payload else {
                try require(!isWhole, "a payload can't be read again")
                return
            }
            payloads.append(
                RequestItem(payload, identifier: item.identifier, messageExtension: item.messageExtension)
            )
        }
        let twice = RequestMessage(header: again.header, items: payloads).bytes()
        try require(written == twice, "a request that is read again is another")
    }

    /// One answer for each item, with its identifier; behind a failure none, unless the client wants to go on.
    private func checkItems(of response: ResponseMessage, to request: ReceivedRequest) throws {
        let continues = request.header.batchErrorContinuation == .continue
        try require(!response.items.isEmpty, "an answer without items")
        try require(response.items.count <= request.items.count, "more answers than items")
        for (answer, item) in zip(response.items, request.items) {
            try require(answer.identifier == item.identifier, "an item is answered with another identifier")
            try require(answer.operation == item.operation, "an item is answered with another operation")
        }
        if continues {
            try require(response.items.count == request.items.count, "items without an answer")
        } else {
            let stop = response.items.firstIndex { $0.status != .success }
            let expected = stop.map { $0 + 1 } ?? request.items.count
            try require(response.items.count == expected, "the batch was not stopped at its first failure")
        }
    }

    /// The answer is within the client's limit, or an error and nothing else; and a client can read it.
    private func checkSending(_ response: ResponseMessage, to request: ReceivedRequest) throws {
        let limit = request.header.maximumResponseSize
        let (message, count) = try ResponseChecks.sent(response, maximumSize: limit)
        try require(message.header.version == request.header.version, "answered in another version")
        if request.header.version >= .v14 {
            try require(
                message.header.clientCorrelationValue == request.header.clientCorrelationValue,
                "the correlation value is lost"
            )
        }
        guard let limit, count > Int(limit) else {
            try require(!message.items.isEmpty, "nothing is sent")
            return
        }
        try require(
            message.items.count == 1 && message.items[0].status == .operationFailed,
            "\(count) bytes are sent, where \(limit) are allowed"
        )
    }
}

/// The version at its place in a request, if what is before it is as it must be.
private enum PlainVersion {
    static func of(_ message: [UInt8]) -> ProtocolVersion? {
        let expected: [(Int, [UInt8])] = [
            (8, [0x42, 0x00, 0x77, 0x01]), (16, [0x42, 0x00, 0x69, 0x01, 0, 0, 0, 32]),
            (24, [0x42, 0x00, 0x6A, 0x02, 0, 0, 0, 4]), (40, [0x42, 0x00, 0x6B, 0x02, 0, 0, 0, 4]),
        ]
        guard message.count >= 56, expected.allSatisfy({ message[$0...].starts(with: $1) }) else { return nil }
        let length = message[12..<16].reduce(0) { $0 << 8 | Int($1) }
        guard length >= 40, length % 8 == 0, 16 + length <= message.count else { return nil }
        func number(at place: Int) -> Int32 {
            Int32(bitPattern: message[place..<place + 4].reduce(0) { $0 << 8 | UInt32($1) })
        }
        return ProtocolVersion(major: number(at: 32), minor: number(at: 48))
    }
}
