package import Cryptography

extension SecretBox: TLSPlaintext {
    package static func message(
        count: Int,
        filledBy fill: (UnsafeMutableRawBufferPointer) -> Int
    ) throws(TLSError) -> SecretBox? {
        do {
            var bytes = try SecretBytes(count: count)
            let filled = bytes.withUnsafeMutableBytes { fill($0) }
            return filled == count ? SecretBox(bytes) : nil
        } catch {
            throw TLSError(.secureMemoryExhausted)
        }
    }

    package func withPlaintextBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        bytes.withUnsafeBytes(body)
    }
}
