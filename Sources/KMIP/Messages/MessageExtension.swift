package import TTLV

/// A vendor's addition to a batch item (KMIP 1.4, section 6.16).
package struct MessageExtension: Hashable, Sendable {
    package var vendorIdentification: String
    /// Whether a receiver that does not understand it must refuse the message.
    package var isCritical: Bool
    package var content: [Item]

    package init(vendorIdentification: String, isCritical: Bool, content: [Item]) {
        self.vendorIdentification = vendorIdentification
        self.isCritical = isCritical
        self.content = content
    }
}

extension MessageExtension {
    static func readIfPresent(_ reader: inout ItemReader) throws -> MessageExtension? {
        guard var fields = try reader.structureIfPresent(.messageExtension) else { return nil }
        let vendor = try fields.text(.vendorIdentification)
        let isCritical = try fields.boolean(.criticalityIndicator)
        var content = try fields.structure(.vendorExtension)
        let items = try content.remainingItems()
        try fields.finish()
        return MessageExtension(vendorIdentification: vendor, isCritical: isCritical, content: items)
    }

    func encode(into writer: inout ItemWriter) {
        writer.structure(.messageExtension) { writer in
            writer.text(.vendorIdentification, vendorIdentification)
            writer.boolean(.criticalityIndicator, isCritical)
            writer.value(.vendorExtension, .structure(content))
        }
    }
}
