import TTLV

/// The answer to one operation (KMIP 1.4, section 7.2, table 285).
package struct ResponseItem: Sendable {
    /// That of the request item; absent if it had none.
    package var operation: Operation?
    /// That of the request item, byte for byte; absent if it had none.
    package var identifier: [UInt8]?
    package var status: ResultStatus
    package var reason: ResultReason?
    /// For people; must not say what the client may not know.
    package var message: String?
    package var asynchronousCorrelationValue: [UInt8]?
    package var payload: ResponsePayload?
    package var messageExtension: MessageExtension?

    package init(operation: Operation?, identifier: [UInt8]?, status: ResultStatus) {
        self.operation = operation
        self.identifier = identifier
        self.status = status
    }

    package static func success(_ payload: ResponsePayload, identifier: [UInt8]?) -> ResponseItem {
        var item = ResponseItem(operation: payload.operation, identifier: identifier, status: .success)
        item.payload = payload
        return item
    }

    package static func failure(
        operation: Operation?,
        identifier: [UInt8]?,
        reason: ResultReason,
        message: String?
    ) -> ResponseItem {
        var item = ResponseItem(operation: operation, identifier: identifier, status: .operationFailed)
        item.reason = reason
        item.message = message
        return item
    }
}

extension ResponseItem {
    init(from reader: inout ItemReader, _ context: DecodingContext) throws {
        operation = try reader.enumerationIfPresent(.operation, Operation.self)
        identifier = try reader.bytesIfPresent(.uniqueBatchItemID)
        status = try reader.enumeration(.resultStatus, ResultStatus.self)
        reason = try reader.enumerationIfPresent(.resultReason, ResultReason.self)
        message = try reader.textIfPresent(.resultMessage)
        asynchronousCorrelationValue = try reader.bytesIfPresent(.asynchronousCorrelationValue)
        if var fields = try reader.structureIfPresent(.responsePayload), let operation {
            payload = try ResponsePayload(operation: operation, from: &fields, context)
        }
        messageExtension = try MessageExtension.readIfPresent(&reader)
        try reader.finish()
    }

    /// The reason is written as it was in that version.
    func encode(into writer: inout ItemWriter, _ version: ProtocolVersion) {
        writer.structure(.batchItem) { writer in
            writer.enumerationIfPresent(.operation, operation)
            writer.bytesIfPresent(.uniqueBatchItemID, identifier)
            writer.enumeration(.resultStatus, status)
            writer.enumerationIfPresent(.resultReason, reason?.available(in: version))
            writer.textIfPresent(.resultMessage, message)
            writer.bytesIfPresent(.asynchronousCorrelationValue, asynchronousCorrelationValue)
            if let payload {
                writer.structure(.responsePayload) { payload.encode(into: &$0, version) }
            }
            messageExtension?.encode(into: &writer)
        }
    }
}
