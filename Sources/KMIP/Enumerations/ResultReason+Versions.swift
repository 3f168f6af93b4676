extension ResultReason {
    /// The reason to send in a message of that version: itself, or what was the nearest one then.
    package func available(in version: ProtocolVersion) -> ResultReason {
        if isDefined(in: version) { return self }
        return switch self {
        case .attestationRequired, .attestationFailed, .sensitive, .notExtractable: .permissionDenied
        case .keyValueNotPresent, .objectAlreadyExists: .illegalOperation
        case .encodingOptionError: .featureNotSupported
        default: .generalFailure
        }
    }
}
