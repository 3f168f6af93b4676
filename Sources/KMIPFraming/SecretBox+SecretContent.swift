package import Cryptography
internal import TTLV

/// Key material as the codec takes it and gives it.
extension SecretBox: SecretContent {
    package var count: Int { bytes.count }

    package func withUnsafeBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        try bytes.withUnsafeBytes { try body($0) }
    }
}
