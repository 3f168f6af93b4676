package import KMIP
package import TLSTransport

/// Why a KMIP request got no usable answer. Two errors are equal if their codes are.
package struct KMIPClientError: Error, Equatable, Sendable, CustomStringConvertible {
    package enum Code: Equatable, Sendable {
        /// No TCP connection: nobody listens there, or the address can't be reached or resolved.
        case cannotConnect
        case tls(TLSError.Code)
        /// The server closed the connection. A server does so without a word to a client whose certificate it does not
        /// know.
        case connectionClosed
        /// No answer within the time limit. The connection is closed: an answer that came later would be taken for
        /// another's.
        case timedOut
        /// What came is not a KMIP response, or not to this request.
        case invalidResponse
        /// The response is longer than the limit.
        case responseTooLarge
        case secureMemoryExhausted
        /// The server refused the operation (KMIP 1.4, 6.10 and 6.11). The reason is nil if it gave none.
        case operationFailed(ResultReason?)
    }

    package let code: Code
    package let detail: String

    package init(_ code: Code, detail: String = "") {
        self.code = code
        self.detail = detail
    }

    package static func == (left: KMIPClientError, right: KMIPClientError) -> Bool {
        left.code == right.code
    }

    package var description: String {
        detail.isEmpty ? code.text : "\(code.text): \(detail)"
    }
}

extension KMIPClientError.Code {
    fileprivate var text: String {
        switch self {
        case .cannotConnect: "cannot connect"
        case .tls: "no secure connection"
        case .connectionClosed: "the server closed the connection"
        case .timedOut: "no answer in time"
        case .invalidResponse: "the answer is no valid KMIP response"
        case .responseTooLarge: "the answer is too long"
        case .secureMemoryExhausted: "no secure memory left"
        case .operationFailed(let reason): reason?.description ?? "the server refused the operation"
        }
    }
}
