import KMIP
package import NIOCore

/// KMIP requests as they are on the wire, encoded before the load begins.
package enum LoadRequest {
    package static func get(_ key: String) -> ByteBuffer {
        message([.get(GetRequest(uniqueIdentifier: key))])
    }

    package static func discoverVersions() -> ByteBuffer {
        message([.discoverVersions(DiscoverVersionsRequest())])
    }

    package static func state(of key: String) -> ByteBuffer {
        message([.getAttributes(GetAttributesRequest(uniqueIdentifier: key, names: [.state]))])
    }

    private static func message(_ payloads: [RequestPayload]) -> ByteBuffer {
        let items = payloads.map { RequestItem($0) }
        return ByteBuffer(bytes: RequestMessage(header: RequestHeader(version: .v14), items: items).bytes())
    }
}

/// What became of a request.
package enum LoadOutcome: UInt8, Sendable, CaseIterable {
    case success
    /// Answered with a failure that says that the server is busy.
    case busy
    /// Answered with another failure.
    case failed
    /// The connection was closed instead of an answer, or could not be made.
    case closed
    /// Nothing came in time.
    case unanswered
}

/// Finds the outcome in a response without decoding it: the load's own work must stay small beside the server's.
enum LoadAnswer {
    /// Result Status, an enumeration of four bytes (KMIP 1.4, 6.10).
    private static let status: [UInt8] = [0x42, 0x00, 0x7F, 0x05, 0x00, 0x00, 0x00, 0x04]
    private static let busy = Array("the server is busy".utf8)

    /// The size of the message that begins here, once its header is there.
    static func size(of buffer: ByteBuffer) -> Int? {
        buffer.getInteger(at: buffer.readerIndex + 4, as: UInt32.self).map { Int($0) + 8 }
    }

    static func outcome(of message: ByteBuffer) -> LoadOutcome {
        message.withUnsafeReadableBytes { bytes in
            guard let found = find(status, in: bytes, from: 0), found + 12 <= bytes.count else { return .failed }
            if bytes[(found + 8)..<(found + 12)].allSatisfy({ $0 == 0 }) { return .success }
            return find(busy, in: bytes, from: found) == nil ? .failed : .busy
        }
    }

    private static func find(_ pattern: [UInt8], in bytes: UnsafeRawBufferPointer, from start: Int) -> Int? {
        guard bytes.count >= pattern.count + start else { return nil }
        return (start...(bytes.count - pattern.count)).first { position in
            bytes[position] == pattern[0] && bytes[position..<(position + pattern.count)].elementsEqual(pattern)
        }
    }
}
