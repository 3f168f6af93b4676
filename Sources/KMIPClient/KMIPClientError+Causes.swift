internal import KMIPFraming
internal import NIOCore
internal import TLSTransport

extension KMIPClientError {
    init(framing error: KMIPFrameError) {
        switch error {
        case .notAMessage: self.init(.invalidResponse, detail: error.description)
        case .tooLarge: self.init(.responseTooLarge, detail: error.description)
        case .secureMemoryExhausted: self.init(.secureMemoryExhausted)
        }
    }

    /// - Parameter error: what a channel reported, or a KMIPClientError already.
    init(channel error: any Error) {
        switch error {
        case let error as KMIPClientError:
            self = error
        case let error as TLSError where error.code == .truncated:
            self.init(.connectionClosed, detail: "without close_notify")
        case let error as TLSError where error.code == .secureMemoryExhausted:
            self.init(.secureMemoryExhausted)
        case let error as TLSError:
            self.init(.tls(error.code), detail: error.description)
        case is ChannelError:
            self.init(.connectionClosed)
        case let error as IOError:
            self.init(.connectionClosed, detail: "\(error)")
        default:
            self.init(.connectionClosed, detail: "\(error)")
        }
    }
}
