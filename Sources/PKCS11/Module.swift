internal import CPKCS11
package import Cryptography
internal import Glibc

/// A PKCS #11 module, loaded by path.
///
/// Not Sendable: one thread of a process calls the HSM, and only it may finalize (SoftHSM kills the process when
/// C_Finalize meets another call). The library stays loaded until the process ends, for modules leave exit handlers.
package final class Module {
    let functions: UnsafePointer<CK_FUNCTION_LIST>

    package init(path: String) throws(ModuleLoadError) {
        guard let library = dlopen(path, RTLD_NOW | RTLD_LOCAL) else {
            throw ModuleLoadError(code: .notLoadable, description: Self.loaderMessage(path))
        }
        guard let symbol = dlsym(library, "C_GetFunctionList") else {
            throw ModuleLoadError(code: .notAModule, description: Self.loaderMessage(path))
        }
        typealias GetFunctionList =
            @convention(c) (UnsafeMutablePointer<UnsafeMutablePointer<CK_FUNCTION_LIST>?>) -> CK_RV
        let getFunctionList = unsafeBitCast(symbol, to: GetFunctionList.self)
        var list: UnsafeMutablePointer<CK_FUNCTION_LIST>?
        let code = getFunctionList(&list)
        guard code == CKR_OK, let list else {
            let reason = "\(path): C_GetFunctionList: \(ReturnCode(rawValue: code))"
            throw ModuleLoadError(code: .notAModule, description: reason)
        }
        functions = UnsafePointer(list)
    }

    /// The loader names the path itself in most of its messages, but not in all.
    private static func loaderMessage(_ path: String) -> String {
        guard let message = dlerror() else { return path }
        return String(cString: message)
    }

    /// C_Initialize. The executor of the one HSM thread may be a queue that moves between threads, hence OS locking.
    package func initialize() throws(PKCS11Error) {
        var arguments = CK_C_INITIALIZE_ARGS()
        arguments.flags = CK_FLAGS(CKF_OS_LOCKING_OK)
        let code = withUnsafeMutablePointer(to: &arguments) { functions.pointee.C_Initialize?($0) }
        try check("C_Initialize", code)
    }

    package func finalize() throws(PKCS11Error) {
        try check("C_Finalize", functions.pointee.C_Finalize?(nil))
    }

    package func openSession(on slot: SlotIdentifier, readWrite: Bool) throws(PKCS11Error) -> Session {
        let flags = CK_FLAGS(CKF_SERIAL_SESSION) | (readWrite ? CK_FLAGS(CKF_RW_SESSION) : 0)
        var handle: CK_SESSION_HANDLE = 0
        try check("C_OpenSession", functions.pointee.C_OpenSession?(slot.rawValue, flags, nil, nil, &handle))
        return Session(functions: functions, handle: handle)
    }

    package func mechanisms(of slot: SlotIdentifier) throws(PKCS11Error) -> Set<MechanismType> {
        var count: CK_ULONG = 0
        try check("C_GetMechanismList", functions.pointee.C_GetMechanismList?(slot.rawValue, nil, &count))
        var types = [CK_MECHANISM_TYPE](repeating: 0, count: Int(count))
        try check("C_GetMechanismList", functions.pointee.C_GetMechanismList?(slot.rawValue, &types, &count))
        return Set(types.prefix(Int(count)).map(MechanismType.init(rawValue:)))
    }

    /// C_InitToken: makes an empty token in the slot, destroying what was there.
    package func initializeToken(
        in slot: SlotIdentifier,
        label: String,
        securityOfficerPIN pin: borrowing SecretBytes
    ) throws(PKCS11Error) {
        var padded = Array(label.utf8.prefix(32))
        padded += [UInt8](repeating: 0x20, count: 32 - padded.count)
        let code = pin.withUnsafeBytes { pin in
            let pointer = UnsafeMutablePointer(mutating: pin.bindMemory(to: UInt8.self).baseAddress)
            return functions.pointee.C_InitToken?(slot.rawValue, pointer, CK_ULONG(pin.count), &padded)
        }
        try check("C_InitToken", code)
    }
}
