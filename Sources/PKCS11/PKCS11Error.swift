/// A PKCS #11 function that did not return CKR_OK.
package struct PKCS11Error: Error, Hashable, Sendable, CustomStringConvertible {
    /// The C name of the function, `C_UnwrapKey`.
    package let function: String
    package let code: ReturnCode

    package init(function: String, code: ReturnCode) {
        self.function = function
        self.code = code
    }

    /// `C_UnwrapKey: CKR_GENERAL_ERROR (0x5)`. Holds nothing secret.
    package var description: String { "\(function): \(code)" }
}

/// Turns a return code into an error on the line of the call. `nil` is a function that the module does not have.
func check(_ function: String, _ code: UInt?) throws(PKCS11Error) {
    guard let code else { throw PKCS11Error(function: function, code: .functionNotSupported) }
    guard code == 0 else { throw PKCS11Error(function: function, code: ReturnCode(rawValue: code)) }
}

/// The module's library could not be loaded, or is none.
package struct ModuleLoadError: Error, Sendable, CustomStringConvertible {
    package enum Code: Sendable {
        /// The dynamic loader refused: no such file, wrong architecture, a missing dependency.
        case notLoadable
        /// Loaded, but it has no `C_GetFunctionList`, or that fails.
        case notAModule
    }

    package let code: Code
    /// The loader's words; they may name the module's path.
    package let description: String
}
