import TTLV

/// Stands for protected memory. Only tests keep secrets in an array.
final class TestSecret: SecretContent {
    let content: [UInt8]

    init(_ content: [UInt8]) {
        self.content = content
    }

    var count: Int { content.count }

    func withUnsafeBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        try content.withUnsafeBytes(body)
    }

    static let factory: SecretFactory = { TestSecret([UInt8]($0)) }
}
