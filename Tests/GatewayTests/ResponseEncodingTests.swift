import Cryptography
import KMIP
import KMIPFraming
import Testing

@testable import Gateway

/// Maximum Response Size (KMIP 1.4, 6.3).
@Suite struct ResponseEncodingTests {
    private func response(_ items: [ResponseItem]) -> ResponseMessage {
        ResponseMessage(header: ResponseHeader(version: .v14, timeStamp: 0), items: items)
    }

    private func attributeList(_ identifier: UInt8) -> ResponseItem {
        let names = (0..<40).map { AttributeName("x-\($0)") }
        return .success(
            .getAttributeList(GetAttributeListResponse(uniqueIdentifier: "k", names: names)),
            identifier: [identifier]
        )
    }

    private func sent(_ message: ResponseMessage, maximum: Int32?) throws -> (ResponseMessage, count: Int) {
        let box = try ResponseEncoding.encode(message, maximumSize: maximum)
        let decoded = try box.bytes.withUnsafeBytes { bytes in
            try ResponseMessage(decoding: bytes.bytes) { SecretBox(try SecretBytes(copying: $0)) }
        }
        return (decoded, box.bytes.count)
    }

    @Test func whatFitsGoesOut() throws {
        let message = response([attributeList(1)])
        let size = Int32(message.encodedSize)
        #expect(try sent(message, maximum: size).0.items.first?.status == .success)
        #expect(try sent(message, maximum: nil).0.items.first?.status == .success)
        #expect(try sent(message, maximum: size - 1).0.items.first?.reason == .responseTooLarge)
    }

    @Test func theErrorKeepsOperationAndIdentifier() throws {
        let (message, count) = try sent(response([attributeList(7)]), maximum: 256)
        #expect(count <= 256)
        #expect(message.items.first?.operation == .getAttributeList)
        #expect(message.items.first?.identifier == [7])
        #expect(message.items.first?.status == .operationFailed)
    }

    /// What the arena has for a client is another limit.
    @Test func whatThereIsNoMemoryForIsReplacedByErrors() throws {
        let message = response([attributeList(1), attributeList(2)])
        var asked: [Int] = []
        let box = try ResponseEncoding.encode(message, maximumSize: nil) { byteCount in
            asked.append(byteCount)
            return byteCount < 256
        }
        let sent = try #require(box)
        let bytes = sent.bytes.withUnsafeBytes { Array($0) }
        #expect(asked == [message.encodedSize, bytes.count])
        let decoded = try ResponseMessage(decoding: bytes.span.bytes) { SecretBox(try SecretBytes(copying: $0)) }
        #expect(decoded.items.map(\.reason) == [.responseTooLarge])
    }

    @Test func whatFitsIsAskedForOnce() throws {
        let message = response([attributeList(1)])
        var asked: [Int] = []
        let box = try ResponseEncoding.encode(message, maximumSize: nil) { byteCount in
            asked.append(byteCount)
            return true
        }
        let sent = try #require(box)
        #expect(sent.bytes.count == message.encodedSize)
        #expect(asked == [message.encodedSize])
        let refused = try ResponseEncoding.encode(message, maximumSize: nil) { _ in false }
        #expect(refused == nil)
    }

    @Test func ofManyItemsOneErrorIsLeftWhereTheErrorsThemselvesAreTooLong() throws {
        let (message, _) = try sent(response((1...9).map(attributeList)), maximum: 256)
        #expect(message.items.map(\.reason) == [.responseTooLarge])
    }
}
