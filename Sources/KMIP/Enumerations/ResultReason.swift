/// Result Reason (KMIP 1.4, section 9.1.3.2.29).
package struct ResultReason: OpenEnumeration {
    package let rawValue: UInt32

    package init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    package static let itemNotFound = Self(rawValue: 0x0001)
    package static let responseTooLarge = Self(rawValue: 0x0002)
    package static let authenticationNotSuccessful = Self(rawValue: 0x0003)
    package static let invalidMessage = Self(rawValue: 0x0004)
    package static let operationNotSupported = Self(rawValue: 0x0005)
    package static let missingData = Self(rawValue: 0x0006)
    package static let invalidField = Self(rawValue: 0x0007)
    package static let featureNotSupported = Self(rawValue: 0x0008)
    package static let operationCanceledByRequester = Self(rawValue: 0x0009)
    package static let cryptographicFailure = Self(rawValue: 0x000A)
    package static let illegalOperation = Self(rawValue: 0x000B)
    package static let permissionDenied = Self(rawValue: 0x000C)
    package static let objectArchived = Self(rawValue: 0x000D)
    package static let indexOutOfBounds = Self(rawValue: 0x000E)
    package static let applicationNamespaceNotSupported = Self(rawValue: 0x000F)
    package static let keyFormatTypeNotSupported = Self(rawValue: 0x0010)
    package static let keyCompressionTypeNotSupported = Self(rawValue: 0x0011)
    package static let encodingOptionError = Self(rawValue: 0x0012)
    package static let keyValueNotPresent = Self(rawValue: 0x0013)
    package static let attestationRequired = Self(rawValue: 0x0014)
    package static let attestationFailed = Self(rawValue: 0x0015)
    package static let sensitive = Self(rawValue: 0x0016)
    package static let notExtractable = Self(rawValue: 0x0017)
    package static let objectAlreadyExists = Self(rawValue: 0x0018)
    package static let generalFailure = Self(rawValue: 0x0100)

    package static let standardValues: [EnumerationValue] = [
        EnumerationValue(0x0001, "Item Not Found"),
        EnumerationValue(0x0002, "Response Too Large"),
        EnumerationValue(0x0003, "Authentication Not Successful"),
        EnumerationValue(0x0004, "Invalid Message"),
        EnumerationValue(0x0005, "Operation Not Supported"),
        EnumerationValue(0x0006, "Missing Data"),
        EnumerationValue(0x0007, "Invalid Field"),
        EnumerationValue(0x0008, "Feature Not Supported"),
        EnumerationValue(0x0009, "Operation Canceled By Requester"),
        EnumerationValue(0x000A, "Cryptographic Failure"),
        EnumerationValue(0x000B, "Illegal Operation"),
        EnumerationValue(0x000C, "Permission Denied"),
        EnumerationValue(0x000D, "Object Archived"),
        EnumerationValue(0x000E, "Index Out of Bounds"),
        EnumerationValue(0x000F, "Application Namespace Not Supported"),
        EnumerationValue(0x0010, "Key Format Type Not Supported"),
        EnumerationValue(0x0011, "Key Compression Type Not Supported"),
        EnumerationValue(0x0012, "Encoding Option Error", since: .v11),
        EnumerationValue(0x0013, "Key Value Not Present", since: .v12),
        EnumerationValue(0x0014, "Attestation Required", since: .v12),
        EnumerationValue(0x0015, "Attestation Failed", since: .v12),
        EnumerationValue(0x0016, "Sensitive", since: .v14),
        EnumerationValue(0x0017, "Not Extractable", since: .v14),
        EnumerationValue(0x0018, "Object Already Exists", since: .v14),
        EnumerationValue(0x0100, "General Failure"),
    ]
}
