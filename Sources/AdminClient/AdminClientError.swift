package import AdminResources

/// Why a request to an admin front has no result.
///
/// Two errors are equal if their codes are. The detail is for people.
package struct AdminClientError: Error, Equatable, Sendable, CustomStringConvertible {
    package enum Code: Hashable, Sendable {
        /// The URL is not `https://host[:port]`.
        case invalidURL
        /// Nobody listens there, or the name can't be resolved.
        case cannotConnect
        /// The server's certificate is not of the authority, out of date or for another name.
        case serverNotTrusted
        /// The server ended the handshake: our certificate is not of its operators' authority, or expired.
        case operatorCertificateRefused
        /// Another failure of TLS.
        case tlsFailed
        /// Our certificate and private key, or the authority, can't be used.
        case identityUnusable
        case connectionLost
        case timedOut
        /// The answer is not one that this version of the API has.
        case unexpectedAnswer
        /// The server says why.
        case problem(Problem)
    }

    package let code: Code
    package let detail: String

    package init(_ code: Code, detail: String = "") {
        self.code = code
        self.detail = detail
    }

    package static func == (left: AdminClientError, right: AdminClientError) -> Bool {
        left.code == right.code
    }

    package var description: String {
        let text =
            switch code {
            case .invalidURL: "the admin front's URL must be https://host:port"
            case .cannotConnect: "can't connect to the admin front"
            case .serverNotTrusted: "the admin front's certificate is not trusted"
            case .operatorCertificateRefused: "the admin front does not accept the operator certificate"
            case .tlsFailed: "the TLS connection to the admin front failed"
            case .identityUnusable: "operator certificate, key and authority can't be used together"
            case .connectionLost: "the connection to the admin front was lost"
            case .timedOut: "the admin front did not answer in time"
            case .unexpectedAnswer: "the admin front's answer is not understood"
            case .problem(let problem): problem.title
            }
        return detail.isEmpty ? text : "\(text): \(detail)"
    }
}

extension AdminClientError {
    /// Whether a change may have been made or not.
    var leavesOpenWhetherDone: Bool {
        switch code {
        case .connectionLost: true
        case .problem(let problem): problem.knownCode == .deadlinePassed
        default: false
        }
    }
}
