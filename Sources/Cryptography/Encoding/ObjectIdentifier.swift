/// An object identifier (X.660), with arcs up to 128 bits, as those below 2.25 are (X.667, section 6).
package struct ObjectIdentifier: Sendable, Hashable, CustomStringConvertible {
    /// Dotted decimal: "2.5.29.17".
    package let description: String
    /// The content octets of its DER (X.690, section 8.19).
    let content: [UInt8]

    package init(_ dotted: String) throws(CryptographyError) {
        let parts = dotted.split(separator: ".", omittingEmptySubsequences: false)
        let arcs = parts.compactMap { part in
            part.allSatisfy { $0.isASCII && $0.isNumber } ? UInt128(part) : nil
        }
        guard arcs.count == parts.count, arcs.count >= 2, arcs[0] <= 2, arcs[1] < 40 || arcs[0] == 2,
            arcs[1] <= UInt128.max - 80
        else {
            throw CryptographyError(code: .invalidTemplate, operation: "ObjectIdentifier")
        }
        self.init(arcs: arcs)
    }

    /// For constants: at least two arcs, the first at most 2.
    init(_ arcs: UInt128...) {
        self.init(arcs: arcs)
    }

    private init(arcs: [UInt128]) {
        precondition(arcs.count >= 2 && arcs[0] <= 2, "an object identifier has at least two arcs")
        description = arcs.map(String.init).joined(separator: ".")
        content = ([arcs[0] * 40 + arcs[1]] + arcs.dropFirst(2)).flatMap(Self.base128)
    }

    private static func base128(_ arc: UInt128) -> [UInt8] {
        var groups = [UInt8(arc & 0x7F)]
        var rest = arc >> 7
        while rest > 0 {
            groups.append(UInt8(rest & 0x7F) | 0x80)
            rest >>= 7
        }
        return groups.reversed()
    }
}
