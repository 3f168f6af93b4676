internal import CPKCS11

/// A CK_RV, PKCS #11 v2.40 section 5.1. Open: a vendor's code keeps its number.
package struct ReturnCode: RawRepresentable, Hashable, Sendable {
    package let rawValue: UInt

    package init(rawValue: UInt) {
        self.rawValue = rawValue
    }

    package static let generalError = ReturnCode(rawValue: CKR_GENERAL_ERROR)
    package static let functionFailed = ReturnCode(rawValue: CKR_FUNCTION_FAILED)
    package static let argumentsBad = ReturnCode(rawValue: CKR_ARGUMENTS_BAD)
    package static let attributeReadOnly = ReturnCode(rawValue: CKR_ATTRIBUTE_READ_ONLY)
    package static let attributeSensitive = ReturnCode(rawValue: CKR_ATTRIBUTE_SENSITIVE)
    package static let attributeTypeInvalid = ReturnCode(rawValue: CKR_ATTRIBUTE_TYPE_INVALID)
    package static let deviceError = ReturnCode(rawValue: CKR_DEVICE_ERROR)
    package static let deviceMemory = ReturnCode(rawValue: CKR_DEVICE_MEMORY)
    package static let deviceRemoved = ReturnCode(rawValue: CKR_DEVICE_REMOVED)
    package static let encryptedDataInvalid = ReturnCode(rawValue: CKR_ENCRYPTED_DATA_INVALID)
    package static let encryptedDataLengthRange = ReturnCode(rawValue: CKR_ENCRYPTED_DATA_LEN_RANGE)
    package static let functionNotSupported = ReturnCode(rawValue: CKR_FUNCTION_NOT_SUPPORTED)
    package static let keyHandleInvalid = ReturnCode(rawValue: CKR_KEY_HANDLE_INVALID)
    package static let keyFunctionNotPermitted = ReturnCode(rawValue: CKR_KEY_FUNCTION_NOT_PERMITTED)
    package static let keyUnextractable = ReturnCode(rawValue: CKR_KEY_UNEXTRACTABLE)
    package static let keySizeRange = ReturnCode(rawValue: CKR_KEY_SIZE_RANGE)
    package static let mechanismInvalid = ReturnCode(rawValue: CKR_MECHANISM_INVALID)
    package static let objectHandleInvalid = ReturnCode(rawValue: CKR_OBJECT_HANDLE_INVALID)
    package static let operationActive = ReturnCode(rawValue: CKR_OPERATION_ACTIVE)
    package static let pinIncorrect = ReturnCode(rawValue: CKR_PIN_INCORRECT)
    package static let pinInvalid = ReturnCode(rawValue: CKR_PIN_INVALID)
    package static let pinLengthRange = ReturnCode(rawValue: CKR_PIN_LEN_RANGE)
    package static let pinExpired = ReturnCode(rawValue: CKR_PIN_EXPIRED)
    package static let pinLocked = ReturnCode(rawValue: CKR_PIN_LOCKED)
    package static let sessionClosed = ReturnCode(rawValue: CKR_SESSION_CLOSED)
    package static let sessionCount = ReturnCode(rawValue: CKR_SESSION_COUNT)
    package static let sessionHandleInvalid = ReturnCode(rawValue: CKR_SESSION_HANDLE_INVALID)
    package static let templateInconsistent = ReturnCode(rawValue: CKR_TEMPLATE_INCONSISTENT)
    package static let tokenNotPresent = ReturnCode(rawValue: CKR_TOKEN_NOT_PRESENT)
    package static let tokenNotRecognized = ReturnCode(rawValue: CKR_TOKEN_NOT_RECOGNIZED)
    package static let userNotLoggedIn = ReturnCode(rawValue: CKR_USER_NOT_LOGGED_IN)
    package static let userPINNotInitialized = ReturnCode(rawValue: CKR_USER_PIN_NOT_INITIALIZED)
    package static let wrappedKeyInvalid = ReturnCode(rawValue: CKR_WRAPPED_KEY_INVALID)
    package static let wrappedKeyLengthRange = ReturnCode(rawValue: CKR_WRAPPED_KEY_LEN_RANGE)
    package static let bufferTooSmall = ReturnCode(rawValue: CKR_BUFFER_TOO_SMALL)
    package static let notInitialized = ReturnCode(rawValue: CKR_CRYPTOKI_NOT_INITIALIZED)
    package static let alreadyInitialized = ReturnCode(rawValue: CKR_CRYPTOKI_ALREADY_INITIALIZED)

    static let names: [UInt: String] = [
        CKR_HOST_MEMORY: "CKR_HOST_MEMORY",
        CKR_SLOT_ID_INVALID: "CKR_SLOT_ID_INVALID",
        CKR_GENERAL_ERROR: "CKR_GENERAL_ERROR",
        CKR_FUNCTION_FAILED: "CKR_FUNCTION_FAILED",
        CKR_ARGUMENTS_BAD: "CKR_ARGUMENTS_BAD",
        CKR_CANT_LOCK: "CKR_CANT_LOCK",
        CKR_ATTRIBUTE_READ_ONLY: "CKR_ATTRIBUTE_READ_ONLY",
        CKR_ATTRIBUTE_SENSITIVE: "CKR_ATTRIBUTE_SENSITIVE",
        CKR_ATTRIBUTE_TYPE_INVALID: "CKR_ATTRIBUTE_TYPE_INVALID",
        CKR_ATTRIBUTE_VALUE_INVALID: "CKR_ATTRIBUTE_VALUE_INVALID",
        CKR_ACTION_PROHIBITED: "CKR_ACTION_PROHIBITED",
        CKR_DATA_INVALID: "CKR_DATA_INVALID",
        CKR_DATA_LEN_RANGE: "CKR_DATA_LEN_RANGE",
        CKR_DEVICE_ERROR: "CKR_DEVICE_ERROR",
        CKR_DEVICE_MEMORY: "CKR_DEVICE_MEMORY",
        CKR_DEVICE_REMOVED: "CKR_DEVICE_REMOVED",
        CKR_ENCRYPTED_DATA_INVALID: "CKR_ENCRYPTED_DATA_INVALID",
        CKR_ENCRYPTED_DATA_LEN_RANGE: "CKR_ENCRYPTED_DATA_LEN_RANGE",
        CKR_FUNCTION_NOT_SUPPORTED: "CKR_FUNCTION_NOT_SUPPORTED",
        CKR_KEY_HANDLE_INVALID: "CKR_KEY_HANDLE_INVALID",
        CKR_KEY_SIZE_RANGE: "CKR_KEY_SIZE_RANGE",
        CKR_KEY_TYPE_INCONSISTENT: "CKR_KEY_TYPE_INCONSISTENT",
        CKR_KEY_INDIGESTIBLE: "CKR_KEY_INDIGESTIBLE",
        CKR_KEY_FUNCTION_NOT_PERMITTED: "CKR_KEY_FUNCTION_NOT_PERMITTED",
        CKR_KEY_NOT_WRAPPABLE: "CKR_KEY_NOT_WRAPPABLE",
        CKR_KEY_UNEXTRACTABLE: "CKR_KEY_UNEXTRACTABLE",
        CKR_MECHANISM_INVALID: "CKR_MECHANISM_INVALID",
        CKR_MECHANISM_PARAM_INVALID: "CKR_MECHANISM_PARAM_INVALID",
        CKR_OBJECT_HANDLE_INVALID: "CKR_OBJECT_HANDLE_INVALID",
        CKR_OPERATION_ACTIVE: "CKR_OPERATION_ACTIVE",
        CKR_OPERATION_NOT_INITIALIZED: "CKR_OPERATION_NOT_INITIALIZED",
        CKR_PIN_INCORRECT: "CKR_PIN_INCORRECT",
        CKR_PIN_INVALID: "CKR_PIN_INVALID",
        CKR_PIN_LEN_RANGE: "CKR_PIN_LEN_RANGE",
        CKR_PIN_EXPIRED: "CKR_PIN_EXPIRED",
        CKR_PIN_LOCKED: "CKR_PIN_LOCKED",
        CKR_SESSION_CLOSED: "CKR_SESSION_CLOSED",
        CKR_SESSION_COUNT: "CKR_SESSION_COUNT",
        CKR_SESSION_HANDLE_INVALID: "CKR_SESSION_HANDLE_INVALID",
        CKR_SESSION_READ_ONLY: "CKR_SESSION_READ_ONLY",
        CKR_SESSION_EXISTS: "CKR_SESSION_EXISTS",
        CKR_TEMPLATE_INCOMPLETE: "CKR_TEMPLATE_INCOMPLETE",
        CKR_TEMPLATE_INCONSISTENT: "CKR_TEMPLATE_INCONSISTENT",
        CKR_TOKEN_NOT_PRESENT: "CKR_TOKEN_NOT_PRESENT",
        CKR_TOKEN_NOT_RECOGNIZED: "CKR_TOKEN_NOT_RECOGNIZED",
        CKR_TOKEN_WRITE_PROTECTED: "CKR_TOKEN_WRITE_PROTECTED",
        CKR_UNWRAPPING_KEY_SIZE_RANGE: "CKR_UNWRAPPING_KEY_SIZE_RANGE",
        CKR_UNWRAPPING_KEY_TYPE_INCONSISTENT: "CKR_UNWRAPPING_KEY_TYPE_INCONSISTENT",
        CKR_USER_ALREADY_LOGGED_IN: "CKR_USER_ALREADY_LOGGED_IN",
        CKR_USER_NOT_LOGGED_IN: "CKR_USER_NOT_LOGGED_IN",
        CKR_USER_PIN_NOT_INITIALIZED: "CKR_USER_PIN_NOT_INITIALIZED",
        CKR_USER_ANOTHER_ALREADY_LOGGED_IN: "CKR_USER_ANOTHER_ALREADY_LOGGED_IN",
        CKR_WRAPPED_KEY_INVALID: "CKR_WRAPPED_KEY_INVALID",
        CKR_WRAPPED_KEY_LEN_RANGE: "CKR_WRAPPED_KEY_LEN_RANGE",
        CKR_WRAPPING_KEY_HANDLE_INVALID: "CKR_WRAPPING_KEY_HANDLE_INVALID",
        CKR_WRAPPING_KEY_SIZE_RANGE: "CKR_WRAPPING_KEY_SIZE_RANGE",
        CKR_WRAPPING_KEY_TYPE_INCONSISTENT: "CKR_WRAPPING_KEY_TYPE_INCONSISTENT",
        CKR_RANDOM_NO_RNG: "CKR_RANDOM_NO_RNG",
        CKR_CURVE_NOT_SUPPORTED: "CKR_CURVE_NOT_SUPPORTED",
        CKR_BUFFER_TOO_SMALL: "CKR_BUFFER_TOO_SMALL",
        CKR_CRYPTOKI_NOT_INITIALIZED: "CKR_CRYPTOKI_NOT_INITIALIZED",
        CKR_CRYPTOKI_ALREADY_INITIALIZED: "CKR_CRYPTOKI_ALREADY_INITIALIZED",
        CKR_FUNCTION_REJECTED: "CKR_FUNCTION_REJECTED",
    ]
}

extension ReturnCode {
    /// The standard's name; nil for a code that is not in the table.
    package var name: String? { Self.names[rawValue] }
}

extension ReturnCode: CustomStringConvertible {
    /// `CKR_PIN_INCORRECT (0xa0)`, or the number alone for a code that is not in the table.
    package var description: String {
        let number = "0x" + String(rawValue, radix: 16)
        guard let name = Self.names[rawValue] else { return number }
        return "\(name) (\(number))"
    }
}
