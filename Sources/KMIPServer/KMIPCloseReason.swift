package import Logging

/// Why a connection ended, for its one log line and for the metrics.
package struct KMIPCloseReason: Sendable, Equatable, CustomStringConvertible {
    package enum Code: String, Sendable, CaseIterable {
        /// The client closed.
        case finished
        case noCertificate
        case notRegistered
        /// The certificate's last day is over.
        case certificateExpired
        /// Of an instance that is not served at present.
        case notInService
        /// The certificate was removed while the connection lived.
        case certificateRemoved
        /// Keys can't be had at the moment.
        case unhealthy
        /// There is more to do than can be done.
        case busy
        /// It was not admitted yet, and a newer connection needed its place.
        case displaced
        /// The server stops.
        case shutdown
        case idle
        case unfinishedRequest
        case responseNotTaken
        case notKMIP
        case requestTooLarge
        case secureMemoryExhausted
        /// The client holds its share of the secure memory with requests that are not finished or not answered.
        case memoryShareExceeded
        case tlsFailed
        case connectionLost
    }

    /// Why a connection was not served from its begin.
    static let refusals: [Code] = [
        .noCertificate, .notRegistered, .certificateExpired, .notInService, .unhealthy, .busy, .displaced,
    ]

    package let code: Code
    /// For whoever reads the log. Nothing secret.
    package let detail: String
    package let level: Logger.Level

    package init(_ code: Code, _ detail: String, level: Logger.Level = .info) {
        self.code = code
        self.detail = detail
        self.level = level
    }

    package var description: String { detail }
}

extension KMIPCloseReason {
    static let finished = KMIPCloseReason(.finished, "closed by the client")
    static let displaced = KMIPCloseReason(
        .displaced,
        "not admitted yet when a newer connection needed the place",
        level: .notice
    )
    static let shutdown = KMIPCloseReason(.shutdown, "the server stops")
    static let idle = KMIPCloseReason(.idle, "idle for too long")
    static let unfinishedRequest = KMIPCloseReason(
        .unfinishedRequest,
        "a request was begun and not finished in time",
        level: .notice
    )
    static let responseNotTaken = KMIPCloseReason(
        .responseNotTaken,
        "the client did not take its response in time",
        level: .notice
    )
    package static let memoryShareExceeded = KMIPCloseReason(
        .memoryShareExceeded,
        "the client's requests that are not finished or not answered take its share of the secure memory",
        level: .warning
    )
    static let cutOff = KMIPCloseReason(.unfinishedRequest, "closed by the client within a request", level: .notice)
    /// A connection that is to be refused and sends nothing, as when a client fetches the server's certificate.
    static let nothingAsked = KMIPCloseReason(.idle, "no request came")
}
