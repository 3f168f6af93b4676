import Cryptography
import KMIPServer

/// Messages that are whole on the outside; what they enclose is of no concern to the listener.
enum Frames {
    /// A request message that encloses these bytes, a multiple of eight.
    static func request(_ content: [UInt8] = []) -> [UInt8] {
        message(0x78, content)
    }

    static func response(_ content: [UInt8] = []) -> [UInt8] {
        message(0x7B, content)
    }

    /// 42 00 tag | 01 | length
    private static func message(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] {
        let length = withUnsafeBytes(of: UInt32(content.count).bigEndian) { Array($0) }
        return [0x42, 0x00, tag, 0x01] + length + content
    }

    static func box(_ bytes: [UInt8]) throws -> SecretBox {
        var secret = try SecretBytes(count: bytes.count)
        secret.withUnsafeMutableBytes { $0.copyBytes(from: bytes) }
        return SecretBox(secret)
    }

    static func bytes(_ box: SecretBox) -> [UInt8] {
        box.bytes.withUnsafeBytes { Array($0) }
    }

    /// The response that encloses what the request did.
    static func echo(of request: SecretBox) -> KMIPAnswer {
        guard let response = try? box(response(Array(bytes(request).dropFirst(8)))) else {
            return .close(KMIPCloseReason(.secureMemoryExhausted, "test"))
        }
        return .send(response)
    }
}
