import TTLV

/// A request to be sent (KMIP 1.4, section 7.1).
package struct RequestMessage: Sendable {
    package var header: RequestHeader
    package var items: [RequestItem]

    package init(header: RequestHeader, items: [RequestItem]) {
        self.header = header
        self.items = items
    }

    /// A request for one operation.
    package init(version: ProtocolVersion, _ payload: RequestPayload) {
        self.init(header: RequestHeader(version: version), items: [RequestItem(payload)])
    }
}

/// One operation of a request to be sent.
package struct RequestItem: Sendable {
    /// Required where there are several items (section 7.2).
    package var identifier: [UInt8]?
    package var payload: RequestPayload
    package var messageExtension: MessageExtension?

    package init(_ payload: RequestPayload, identifier: [UInt8]? = nil, messageExtension: MessageExtension? = nil) {
        self.payload = payload
        self.identifier = identifier
        self.messageExtension = messageExtension
    }
}

extension RequestMessage {
    /// In bytes.
    package var encodedSize: Int {
        ItemWriter.measure(newestTag: header.version.newestTag, write)
    }

    /// Writes the message where it is sent from.
    ///
    /// - Parameter buffer: of exactly ``encodedSize`` bytes.
    package func encode(into buffer: UnsafeMutableRawBufferPointer) {
        ItemWriter.encode(newestTag: header.version.newestTag, into: buffer, write)
    }

    /// For a message that contains nothing secret.
    package func bytes() -> [UInt8] {
        ItemWriter.bytes(newestTag: header.version.newestTag, write)
    }

    private func write(into writer: inout ItemWriter) {
        writer.structure(.requestMessage) { writer in
            header.encode(into: &writer, batchCount: items.count)
            for item in items { item.encode(into: &writer, header.version) }
        }
    }
}

extension RequestItem {
    fileprivate func encode(into writer: inout ItemWriter, _ version: ProtocolVersion) {
        writer.structure(.batchItem) { writer in
            writer.enumeration(.operation, payload.operation)
            writer.bytesIfPresent(.uniqueBatchItemID, identifier)
            writer.structure(.requestPayload) { payload.encode(into: &$0, version) }
            messageExtension?.encode(into: &writer)
        }
    }
}
