import Foundation
import Glibc

/// The forms in which a secret could have got where it must not be.
package struct SecretPattern: Sendable {
    /// What is looked for, and what to call it.
    private let forms: [(name: String, bytes: [UInt8])]

    package init(_ secret: [UInt8]) {
        let lower = secret.map { $0 < 16 ? "0" + String($0, radix: 16) : String($0, radix: 16) }.joined()
        var forms = [
            ("raw bytes", secret),
            ("hexadecimal", Array(lower.utf8)),
            ("hexadecimal in capitals", Array(lower.uppercased().utf8)),
            ("a list of numbers", Array(secret.map { "\($0)" }.joined(separator: ", ").utf8)),
        ]
        for shift in 0...2 { forms.append(("Base64", Self.base64(secret, after: shift))) }
        self.forms = forms
    }

    /// - Returns: the names of the forms that are there.
    package func found(in bytes: UnsafeRawBufferPointer) -> [String] {
        forms.filter { Self.contains(bytes, $0.bytes) }.map(\.name)
    }

    package func found(in bytes: [UInt8]) -> [String] {
        bytes.withUnsafeBytes { found(in: $0) }
    }

    /// - Throws: where the file can't be read.
    package func found(inFile path: String) throws -> [String] {
        try Data(contentsOf: URL(fileURLWithPath: path), options: .alwaysMapped).withUnsafeBytes { found(in: $0) }
    }

    /// The characters that the secret makes in a Base64 text whatever stands beside it, with so many bytes before it.
    private static func base64(_ secret: [UInt8], after shift: Int) -> [UInt8] {
        let bytes = [UInt8](repeating: 0, count: shift) + secret
        let text = Array(Data(bytes).base64EncodedString().utf8)
        let doubtful = [0, 3, 2][bytes.count % 3]
        return Array(text.dropFirst([0, 2, 3][shift]).dropLast(doubtful))
    }

    private static func contains(_ space: UnsafeRawBufferPointer, _ pattern: [UInt8]) -> Bool {
        guard let first = pattern.first, space.count >= pattern.count, let base = space.baseAddress else {
            return false
        }
        return pattern.withUnsafeBytes { wanted in
            guard let wantedBase = wanted.baseAddress else { return false }
            var offset = 0
            while let hit = memchr(base + offset, Int32(first), space.count - pattern.count + 1 - offset) {
                if memcmp(hit, wantedBase, wanted.count) == 0 { return true }
                offset = base.distance(to: UnsafeRawPointer(hit)) + 1
                if offset > space.count - pattern.count { break }
            }
            return false
        }
    }
}
