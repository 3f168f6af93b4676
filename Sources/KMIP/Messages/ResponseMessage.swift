package import TTLV

/// A response (KMIP 1.4, section 7.1).
package struct ResponseMessage: Sendable {
    package var header: ResponseHeader
    package var items: [ResponseItem]

    package init(header: ResponseHeader, items: [ResponseItem]) {
        self.header = header
        self.items = items
    }
}

extension ResponseMessage {
    /// Reads a whole message, as ``MessageFrame`` delimits it.
    ///
    /// Fields that are not known are passed over where they follow the known ones: the server may be newer than this.
    /// - Parameters:
    ///   - message: the bytes; not needed any more afterwards.
    ///   - maximumItems: the longest batch to accept.
    ///   - makeSecret: puts key material where it is kept.
    package init(
        decoding message: RawSpan,
        maximumItems: Int = 1_000,
        makeSecret: @escaping SecretFactory
    ) throws(KMIPError) {
        do {
            var limits = ReaderLimits()
            limits.unknownItems = .ignored
            var reader = try ItemReader(message: message, tag: .responseMessage, limits: limits)
            var fields = try reader.structure(.responseHeader)
            let version = try ProtocolVersion(from: &fields)
            guard version.isSupported else {
                throw KMIPError(.unsupportedVersion, .protocolVersion, message: "protocol version not supported")
            }
            fields = fields.limited(newestTag: version.newestTag)
            reader = reader.limited(newestTag: version.newestTag)
            let (header, count) = try ResponseHeader.read(&fields, version: version)
            guard count > 0, Int(count) <= maximumItems else {
                throw KMIPError(.tooManyItems, .batchCount, message: "Batch Count must be 1 to \(maximumItems)")
            }
            let context = DecodingContext(version: version, makeSecret: makeSecret)
            var items: [ResponseItem] = []
            while var fields = try reader.structureIfPresent(.batchItem) {
                items.append(try ResponseItem(from: &fields, context))
            }
            try reader.finish()
            guard items.count == count else {
                throw KMIPError(.batchCountMismatch, .batchCount, message: "Batch Count is not the number of items")
            }
            self.init(header: header, items: items)
        } catch {
            throw KMIPError.from(error)
        }
    }

    /// In bytes: what Maximum Response Size is compared with.
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
        writer.structure(.responseMessage) { writer in
            header.encode(into: &writer, batchCount: items.count)
            for item in items { item.encode(into: &writer, header.version) }
        }
    }
}
