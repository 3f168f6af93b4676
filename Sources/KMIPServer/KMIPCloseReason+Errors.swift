internal import KMIPFraming
internal import Logging
internal import NIOCore
internal import TLSTransport

extension KMIPCloseReason {
    init(_ error: KMIPFrameError) {
        let code: Code =
            switch error {
            case .notAMessage: .notKMIP
            case .tooLarge: .requestTooLarge
            case .secureMemoryExhausted: .secureMemoryExhausted
            }
        self.init(code, error.description, level: code == .secureMemoryExhausted ? .error : .notice)
    }

    /// - Parameter error: what the channel reported.
    init(_ error: any Error) {
        switch error {
        case let error as TLSError where error.code == .secureMemoryExhausted:
            self.init(.secureMemoryExhausted, error.description, level: .error)
        case let error as TLSError where error.code == .truncated:
            self.init(.connectionLost, "closed by the client without close_notify")
        case let error as TLSError:
            self.init(.tlsFailed, error.description)
        case let error as IOError:
            self.init(.connectionLost, "connection lost (error \(error.errnoCode))")
        default:
            self.init(.connectionLost, "connection lost")
        }
    }
}
