internal import CPKCS11
package import Cryptography

extension Session {
    package borrowing func generateKey(
        _ mechanism: Mechanism,
        _ template: Template
    ) throws(PKCS11Error) -> ObjectHandle {
        var key: CK_OBJECT_HANDLE = 0
        let code = mechanism.withCMechanism { mechanism in
            functions.pointee.C_GenerateKey?(handle, mechanism, template.entries.baseAddress, template.count, &key)
        }
        try check("C_GenerateKey", code)
        return ObjectHandle(rawValue: key)
    }

    package borrowing func generateKeyPair(
        _ mechanism: Mechanism,
        publicKey: Template,
        privateKey: Template
    ) throws(PKCS11Error) -> (publicKey: ObjectHandle, privateKey: ObjectHandle) {
        var publicHandle: CK_OBJECT_HANDLE = 0
        var privateHandle: CK_OBJECT_HANDLE = 0
        let code = mechanism.withCMechanism { mechanism in
            functions.pointee.C_GenerateKeyPair?(
                handle,
                mechanism,
                publicKey.entries.baseAddress,
                publicKey.count,
                privateKey.entries.baseAddress,
                privateKey.count,
                &publicHandle,
                &privateHandle
            )
        }
        try check("C_GenerateKeyPair", code)
        return (ObjectHandle(rawValue: publicHandle), ObjectHandle(rawValue: privateHandle))
    }

    /// Wraps `key` under `wrappingKey`. `capacity` bounds the result; one too small is CKR_BUFFER_TOO_SMALL.
    package borrowing func wrapKey(
        _ key: ObjectHandle,
        under wrappingKey: ObjectHandle,
        _ mechanism: Mechanism,
        capacity: Int
    ) throws(PKCS11Error) -> [UInt8] {
        var wrapped = [UInt8](repeating: 0, count: capacity)
        var count = CK_ULONG(capacity)
        let code = mechanism.withCMechanism { mechanism in
            functions.pointee.C_WrapKey?(
                handle,
                mechanism,
                wrappingKey.rawValue,
                key.rawValue,
                &wrapped,
                &count
            )
        }
        try check("C_WrapKey", code)
        wrapped.removeLast(capacity - min(Int(count), capacity))
        return wrapped
    }

    package borrowing func unwrapKey(
        _ wrapped: [UInt8],
        with unwrappingKey: ObjectHandle,
        _ mechanism: Mechanism,
        _ template: Template
    ) throws(PKCS11Error) -> ObjectHandle {
        var key: CK_OBJECT_HANDLE = 0
        let code = wrapped.withUnsafeBytes { wrapped in
            mechanism.withCMechanism { mechanism in
                functions.pointee.C_UnwrapKey?(
                    handle,
                    mechanism,
                    unwrappingKey.rawValue,
                    mutable(wrapped),
                    CK_ULONG(wrapped.count),
                    template.entries.baseAddress,
                    template.count,
                    &key
                )
            }
        }
        try check("C_UnwrapKey", code)
        return ObjectHandle(rawValue: key)
    }

    /// The digest of a key's value, which stays in the token.
    package borrowing func digestKey(_ key: ObjectHandle, _ type: MechanismType) throws(PKCS11Error) -> [UInt8] {
        let begun = Mechanism.plain(type).withCMechanism { functions.pointee.C_DigestInit?(handle, $0) }
        try check("C_DigestInit", begun)
        var digest = [UInt8](repeating: 0, count: 64)
        var count = CK_ULONG(digest.count)
        let added = functions.pointee.C_DigestKey?(handle, key.rawValue)
        // Called in any case: a digest left open would make the next one fail with CKR_OPERATION_ACTIVE.
        let ended = functions.pointee.C_DigestFinal?(handle, &digest, &count)
        try check("C_DigestKey", added)
        try check("C_DigestFinal", ended)
        return Array(digest.prefix(Int(count)))
    }

    /// A signature or an authentication code that is no secret.
    package borrowing func sign(
        _ data: [UInt8],
        with key: ObjectHandle,
        _ mechanism: Mechanism
    ) throws(PKCS11Error) -> [UInt8] {
        let begun = mechanism.withCMechanism { functions.pointee.C_SignInit?(handle, $0, key.rawValue) }
        try check("C_SignInit", begun)
        var signature = [UInt8](repeating: 0, count: 512)
        var count = CK_ULONG(signature.count)
        let code = data.withUnsafeBytes { data in
            functions.pointee.C_Sign?(handle, mutable(data), CK_ULONG(data.count), &signature, &count)
        }
        try check("C_Sign", code)
        return Array(signature.prefix(Int(count)))
    }

    /// An authentication code that serves as a key: written straight into secure memory, filling it.
    /// A code of another length than `secret` is CKR_BUFFER_TOO_SMALL or CKR_FUNCTION_FAILED.
    package borrowing func sign(
        _ data: [UInt8],
        with key: ObjectHandle,
        _ mechanism: Mechanism,
        into secret: inout SecretBytes
    ) throws(PKCS11Error) {
        let begun = mechanism.withCMechanism { functions.pointee.C_SignInit?(handle, $0, key.rawValue) }
        try check("C_SignInit", begun)
        let capacity = secret.count
        var count = CK_ULONG(capacity)
        let code = secret.withUnsafeMutableBytes { secret in
            data.withUnsafeBytes { data in
                let output = secret.bindMemory(to: UInt8.self).baseAddress
                return functions.pointee.C_Sign?(handle, mutable(data), CK_ULONG(data.count), output, &count)
            }
        }
        try check("C_Sign", code)
        guard count == CK_ULONG(capacity) else { throw PKCS11Error(function: "C_Sign", code: .functionFailed) }
    }
}
