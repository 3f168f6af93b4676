import Cryptography
import KMIP
import KMIPFraming
import PipelineFixtures
import TTLV

@testable import Gateway

/// Response messages, as a client reads them.
enum ResponseChecks {
    /// What can be read is written and read again as the same; in older versions unless it has attributes that they have
    /// not, which the writer leaves out.
    static func check(_ message: SecretBox) throws {
        guard let response = decode(message) else { return }
        let written = response.bytes()
        guard let again = try decode(SecretBox(SecretBytes.made(of: written))) else {
            try require(response.header.version < .v14, "a response that was read and written can't be read")
            return
        }
        try require(again.bytes() == written, "a response that is read again is another")
        try require(again.items.count == response.items.count, "items are lost")
    }

    /// A response as it goes out, read by a client.
    static func sent(
        _ response: ResponseMessage,
        maximumSize: Int32?
    ) throws -> (message: ResponseMessage, byteCount: Int) {
        let box = try ResponseEncoding.encode(response, maximumSize: maximumSize)
        guard let message = decode(box) else { throw Violation("a client can't read the answer") }
        return (message, box.bytes.count)
    }

    private static func decode(_ box: SecretBox) -> ResponseMessage? {
        box.bytes.withUnsafeBytes { bytes in
            try? ResponseMessage(decoding: bytes.bytes, makeSecret: RequestChecks.makeSecret)
        }
    }
}
