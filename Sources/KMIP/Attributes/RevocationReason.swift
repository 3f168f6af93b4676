package import TTLV

/// Why a key is no longer to be used (KMIP 1.4, section 3.31): an attribute, and a field of the Revoke request.
package struct RevocationReason: Hashable, Sendable {
    package var code: RevocationReasonCode
    package var message: String?

    package init(_ code: RevocationReasonCode, message: String? = nil) {
        self.code = code
        self.message = message
    }

    package var attributeValue: ItemValue {
        var items = [Item(.revocationReasonCode, .enumeration(code.rawValue))]
        if let message { items.append(Item(.revocationMessage, .text(message))) }
        return .structure(items)
    }
}

extension RevocationReason {
    init(from reader: inout ItemReader) throws {
        var fields = try reader.structure(.revocationReason)
        code = try fields.enumeration(.revocationReasonCode, RevocationReasonCode.self)
        message = try fields.textIfPresent(.revocationMessage)
        try fields.finish()
    }

    func encode(into writer: inout ItemWriter) {
        writer.value(.revocationReason, attributeValue)
    }
}
