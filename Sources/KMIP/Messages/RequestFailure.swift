/// A request that could not be understood as a whole, and what there is to answer it with.
package struct RequestFailure: Error {
    package let error: KMIPError
    /// The request's version; the highest spoken here if it is not spoken, or could not be read.
    package let version: ProtocolVersion
    /// Of the request, if it was read before the error.
    package let clientCorrelationValue: String?

    package var reason: ResultReason {
        error.messageReason
    }

    /// A header and one item without an operation (section 11.1).
    ///
    /// - Parameter timeStamp: now, in seconds since 1970.
    package func response(timeStamp: Int64) -> ResponseMessage {
        var header = ResponseHeader(version: version, timeStamp: timeStamp)
        header.clientCorrelationValue = clientCorrelationValue
        let item = ResponseItem.failure(operation: nil, identifier: nil, reason: reason, message: error.message)
        return ResponseMessage(header: header, items: [item])
    }
}
