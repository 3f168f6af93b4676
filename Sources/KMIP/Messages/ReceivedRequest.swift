package import TTLV

/// A request as it was read (KMIP 1.4, section 7.1). Its header and its structure are sound; each item is, or carries
/// the error with which it is to be answered.
package struct ReceivedRequest: Sendable {
    package let header: RequestHeader
    package let items: [ReceivedRequestItem]
}

/// One operation of a request.
package struct ReceivedRequestItem: Sendable {
    /// Nil only if it could not be read.
    package fileprivate(set) var operation: Operation?
    /// To be sent back byte for byte, and left out of the answer if it is absent here.
    package fileprivate(set) var identifier: [UInt8]?
    package fileprivate(set) var payload: Result<RequestPayload, KMIPError>
    /// Not critical, so that it may be ignored.
    package fileprivate(set) var messageExtension: MessageExtension?
}

extension ReceivedRequest {
    /// Reads a whole message, as ``MessageFrame`` delimits it.
    ///
    /// - Parameters:
    ///   - message: the bytes; not needed any more afterwards.
    ///   - maximumItems: the longest batch to accept.
    ///   - makeSecret: puts key material and passwords where they are kept.
    package init(
        decoding message: RawSpan,
        maximumItems: Int = 1_000,
        makeSecret: @escaping SecretFactory
    ) throws(RequestFailure) {
        var header = RequestHeader(version: .v14)
        do {
            var reader = try ItemReader(message: message, tag: .requestMessage, limits: ReaderLimits())
            var fields = try reader.structure(.requestHeader)
            let version = try ProtocolVersion(from: &fields)
            guard version.isSupported else {
                throw KMIPError(.unsupportedVersion, .protocolVersion, message: "protocol version not supported")
            }
            header = RequestHeader(version: version)
            fields = fields.limited(newestTag: version.newestTag)
            reader = reader.limited(newestTag: version.newestTag)
            let context = DecodingContext(version: version, makeSecret: makeSecret)
            let count = try header.readFields(&fields, context)
            guard count > 0, Int(count) <= maximumItems else {
                throw KMIPError(.tooManyItems, .batchCount, message: "Batch Count must be 1 to \(maximumItems)")
            }
            self.header = header
            self.items = try Self.readItems(&reader, count: Int(count), context)
        } catch {
            throw RequestFailure(
                error: KMIPError.from(error),
                version: header.version,
                clientCorrelationValue: header.clientCorrelationValue
            )
        }
    }

    private static func readItems(
        _ reader: inout ItemReader,
        count: Int,
        _ context: DecodingContext
    ) throws -> [ReceivedRequestItem] {
        var items: [ReceivedRequestItem] = []
        while items.count < count, var fields = try reader.structureIfPresent(.batchItem) {
            items.append(try ReceivedRequestItem(from: &fields, context))
        }
        if items.count < count || reader.nextTag == .batchItem {
            throw KMIPError(.batchCountMismatch, .batchCount, message: "Batch Count is not the number of Batch Items")
        }
        try reader.finish()
        if count > 1, items.contains(where: { $0.identifier == nil }) {
            throw KMIPError(
                .missingItemIdentifier,
                .uniqueBatchItemID,
                message: "the items of a batch of several must have a Unique Batch Item ID"
            )
        }
        return items
    }
}

extension ReceivedRequestItem {
    /// An error in the item is kept in it. Only a critical extension is the whole message's affair (section 6.16).
    fileprivate init(from reader: inout ItemReader, _ context: DecodingContext) throws {
        payload = .failure(KMIPError(.missingField, .requestPayload, message: "Request Payload is missing"))
        do {
            try read(&reader, context)
        } catch {
            payload = .failure(KMIPError.from(error))
        }
        if let messageExtension, messageExtension.isCritical {
            throw KMIPError(.criticalExtension, .messageExtension, message: "a critical extension is not understood")
        }
    }

    private mutating func read(_ reader: inout ItemReader, _ context: DecodingContext) throws {
        let operation = try reader.enumeration(.operation, Operation.self)
        self.operation = operation
        identifier = try reader.bytesIfPresent(.uniqueBatchItemID)
        var fields = try reader.structure(.requestPayload)
        do {
            payload = .success(try RequestPayload(operation: operation, from: &fields, context))
        } catch {
            payload = .failure(KMIPError.from(error))
        }
        messageExtension = try MessageExtension.readIfPresent(&reader)
        try reader.finish()
    }
}
