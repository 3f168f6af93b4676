import KMIP
import KMIPClient
import PipelineSite
import TLSTestPeers
import TLSTransport

/// Bytes, laid out as on the wire (KMIP 1.4, 9.1.1): tag, type, length, value.
enum Wire {
    static func item(_ tag: UInt32, _ type: UInt8, _ value: [UInt8], length: Int? = nil) -> [UInt8] {
        let count = UInt32(length ?? value.count)
        let padding = [UInt8](repeating: 0, count: (8 - value.count % 8) % 8)
        return [UInt8(tag >> 16 & 0xFF), UInt8(tag >> 8 & 0xFF), UInt8(tag & 0xFF), type]
            + [UInt8(count >> 24), UInt8(count >> 16 & 0xFF), UInt8(count >> 8 & 0xFF), UInt8(count & 0xFF)]
            + value + padding
    }

    static func structure(_ tag: UInt32, _ fields: [UInt8]...) -> [UInt8] { item(tag, 0x01, fields.flatMap { $0 }) }

    static func integer(_ tag: UInt32, _ value: UInt32) -> [UInt8] { item(tag, 0x02, bytes(value)) }

    static func enumeration(_ tag: UInt32, _ value: UInt32) -> [UInt8] { item(tag, 0x05, bytes(value)) }

    static func text(_ tag: UInt32, _ value: String) -> [UInt8] { item(tag, 0x07, Array(value.utf8)) }

    static func bytes(_ value: UInt32) -> [UInt8] { [24, 16, 8, 0].map { UInt8(value >> $0 & 0xFF) } }

    /// Request Header of a version 1.x.
    static func header(minor: UInt32 = 4, batchCount: UInt32 = 1) -> [UInt8] {
        structure(
            0x420077,
            structure(0x420069, integer(0x42006A, 1), integer(0x42006B, minor)),
            integer(0x42000D, batchCount)
        )
    }

    /// Batch Item.
    static func batchItem(_ operation: UInt32, _ payload: [UInt8]...) -> [UInt8] {
        structure(0x42000F, enumeration(0x42005C, operation), item(0x420079, 0x01, payload.flatMap { $0 }))
    }

    /// Request Message.
    static func message(_ parts: [UInt8]...) -> [UInt8] { item(0x420078, 0x01, parts.flatMap { $0 }) }
}

extension PipelineSite {
    /// A TLS connection on which anything can be said.
    nonisolated func rawConnection(as client: SiteClient?, gateway: Int = 1) async throws -> TLSTestClient {
        let peer = try await TLSTestClient(port: Int(gatewayPorts[gateway - 1]), tlsConfiguration(as: client))
        guard await peer.session() != nil else { throw PipelineSiteError("no handshake") }
        return peer
    }
}

extension TLSTestClient {
    /// Sends bytes and waits for one message.
    ///
    /// - Returns: nil if the connection was ended instead.
    func answer(to request: [UInt8]) async throws -> ResponseMessage? {
        try? await send(request)
        var received = await receive(8)
        guard received.count >= 8 else { return nil }
        let size = received[4..<8].reduce(0) { $0 << 8 | Int($1) } + 8
        if received.count < size { received += await receive(size - received.count) }
        guard received.count == size else { throw PipelineSiteError("\(received.count) bytes of \(size)") }
        return try received.withUnsafeBytes { bytes throws(KMIPError) in
            try ResponseMessage(decoding: bytes.bytes) { _ in throw PipelineSiteError("a secret") }
        }
    }
}
