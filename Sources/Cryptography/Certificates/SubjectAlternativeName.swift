import Glibc

/// A name or an address that a certificate is for (RFC 5280, section 4.2.1.6).
package enum SubjectAlternativeName: Sendable, Hashable {
    case dns(String)
    /// IPv4 or IPv6, as text.
    case address(String)

    /// What an operator wrote: an address if it can be read as one, else a DNS name.
    package init(host: String) {
        self = Self.addressBytes(host) == nil ? .dns(host) : .address(host)
    }

    package var text: String {
        switch self {
        case .dns(let name): name
        case .address(let address): address
        }
    }

    /// GeneralName: dNSName is [2], iPAddress [7].
    func encode(into writer: inout DERWriter) throws(CryptographyError) {
        switch self {
        case .dns(let name):
            guard Self.isValidDNSName(name) else { throw invalid }
            writer.primitive(.context(2), Array(name.utf8))
        case .address(let address):
            guard let bytes = Self.addressBytes(address) else { throw invalid }
            writer.primitive(.context(7), bytes)
        }
    }

    /// The DNS names and addresses; names of other kinds are passed over.
    static func decode(from extensions: [CertificateExtension]) throws(CryptographyError) -> [SubjectAlternativeName] {
        let identifier = StandardExtension.subjectAlternativeName.description
        guard let value = extensions.first(where: { $0.identifier == identifier })?.value else { return [] }
        var outer = DERReader(value)
        var names = DERReader(try outer.read(.sequence))
        try outer.finish()
        var result: [SubjectAlternativeName] = []
        while !names.isAtEnd {
            let (tag, content) = try names.readAny()
            if tag == .context(2) {
                result.append(.dns(String(decoding: content, as: UTF8.self)))
            } else if tag == .context(7), let text = addressText(Array(content)) {
                result.append(.address(text))
            }
        }
        return result
    }

    /// Letters, digits, hyphens; a star may stand for the first label (RFC 1123, section 2.1; RFC 6125, section 6.4.3).
    private static func isValidDNSName(_ name: String) -> Bool {
        let labels = name.split(separator: ".", omittingEmptySubsequences: false)
        guard (1...253).contains(name.utf8.count) else { return false }
        return labels.enumerated().allSatisfy { index, label in
            if label == "*" { return index == 0 && labels.count > 2 }
            return (1...63).contains(label.utf8.count) && label.first != "-" && label.last != "-"
                && label.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") }
        }
    }

    private static func addressBytes(_ text: String) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: 16)
        if inet_pton(AF_INET, text, &bytes) == 1 { return Array(bytes.prefix(4)) }
        return inet_pton(AF_INET6, text, &bytes) == 1 ? bytes : nil
    }

    private static func addressText(_ bytes: [UInt8]) -> String? {
        guard bytes.count == 4 || bytes.count == 16 else { return nil }
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        let family = bytes.count == 4 ? AF_INET : AF_INET6
        guard inet_ntop(family, bytes, &text, socklen_t(text.count)) != nil else { return nil }
        return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    private var invalid: CryptographyError {
        CryptographyError(code: .invalidTemplate, operation: "SubjectAlternativeName")
    }
}
