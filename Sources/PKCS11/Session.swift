internal import CPKCS11
package import Cryptography

/// An open session. Whoever holds it is its only user; it closes at the end of its life, and with it go its objects.
package struct Session: ~Copyable {
    let functions: UnsafePointer<CK_FUNCTION_LIST>
    let handle: CK_SESSION_HANDLE

    init(functions: UnsafePointer<CK_FUNCTION_LIST>, handle: CK_SESSION_HANDLE) {
        self.functions = functions
        self.handle = handle
    }

    deinit {
        // Nothing is left to do about a failure: the session is lost, or the module finalized.
        _ = functions.pointee.C_CloseSession?(handle)
    }

    /// Logs the whole process in: every session of the application shares the state.
    package borrowing func login(_ user: User, pin: borrowing SecretBytes) throws(PKCS11Error) {
        let code = pin.withUnsafeBytes { pin in
            functions.pointee.C_Login?(handle, user.rawValue, mutable(pin), CK_ULONG(pin.count))
        }
        try check("C_Login", code)
    }

    package borrowing func logout() throws(PKCS11Error) {
        try check("C_Logout", functions.pointee.C_Logout?(handle))
    }

    /// C_InitPIN: the security officer sets the user's PIN.
    package borrowing func initializePIN(_ pin: borrowing SecretBytes) throws(PKCS11Error) {
        let code = pin.withUnsafeBytes { pin in
            functions.pointee.C_InitPIN?(handle, mutable(pin), CK_ULONG(pin.count))
        }
        try check("C_InitPIN", code)
    }

    package borrowing func random(count: Int) throws(PKCS11Error) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        try check("C_GenerateRandom", functions.pointee.C_GenerateRandom?(handle, &bytes, CK_ULONG(count)))
        return bytes
    }
}

/// CK_USER_TYPE.
package enum User: UInt, Sendable {
    case securityOfficer = 0
    case user = 1
}

/// The C interface has no `const`; inputs are not written to.
func mutable(_ buffer: UnsafeRawBufferPointer) -> UnsafeMutablePointer<UInt8>? {
    UnsafeMutablePointer(mutating: buffer.bindMemory(to: UInt8.self).baseAddress)
}
