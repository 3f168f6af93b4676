internal import CPKCS11

/// A CK_OBJECT_HANDLE: means something in the login in which it was given, and nowhere else.
package struct ObjectHandle: Hashable, Sendable {
    let rawValue: UInt
}

extension Session {
    package borrowing func createObject(_ template: Template) throws(PKCS11Error) -> ObjectHandle {
        var object: CK_OBJECT_HANDLE = 0
        let code = functions.pointee.C_CreateObject?(handle, template.entries.baseAddress, template.count, &object)
        try check("C_CreateObject", code)
        return ObjectHandle(rawValue: object)
    }

    package borrowing func destroy(_ object: ObjectHandle) throws(PKCS11Error) {
        try check("C_DestroyObject", functions.pointee.C_DestroyObject?(handle, object.rawValue))
    }

    /// The objects that have every attribute of the template, at most `limit` of them.
    package borrowing func findObjects(
        _ template: Template,
        limit: Int = 1024
    ) throws(PKCS11Error) -> [ObjectHandle] {
        let begun = functions.pointee.C_FindObjectsInit?(handle, template.entries.baseAddress, template.count)
        try check("C_FindObjectsInit", begun)
        defer { _ = functions.pointee.C_FindObjectsFinal?(handle) }
        var found: [ObjectHandle] = []
        var chunk = [CK_OBJECT_HANDLE](repeating: 0, count: 64)
        while found.count < limit {
            var count: CK_ULONG = 0
            let code = functions.pointee.C_FindObjects?(handle, &chunk, CK_ULONG(chunk.count), &count)
            try check("C_FindObjects", code)
            guard count > 0 else { break }
            found += chunk.prefix(Int(count)).map(ObjectHandle.init(rawValue:))
        }
        return Array(found.prefix(limit))
    }

    /// The value of an attribute, `nil` where the object or the token has none of that type.
    package borrowing func bytes(of type: AttributeType, in object: ObjectHandle) throws(PKCS11Error) -> [UInt8]? {
        var attribute = CK_ATTRIBUTE(type: type.rawValue, pValue: nil, ulValueLen: 0)
        guard try read(&attribute, of: object), attribute.ulValueLen <= maximumAttributeLength else { return nil }
        var bytes = [UInt8](repeating: 0, count: Int(attribute.ulValueLen))
        let code = bytes.withUnsafeMutableBytes { buffer in
            attribute.pValue = buffer.baseAddress
            return functions.pointee.C_GetAttributeValue?(handle, object.rawValue, &attribute, 1)
        }
        try check("C_GetAttributeValue", code)
        return Array(bytes.prefix(Int(attribute.ulValueLen)))
    }

    /// The value in the form that `expected` has, to compare the two.
    package borrowing func value(
        like expected: Attribute,
        in object: ObjectHandle
    ) throws(PKCS11Error) -> Attribute.Value? {
        if case .template = expected.value {
            return try template(of: expected.type, in: object).map(Attribute.Value.template)
        }
        guard let bytes = try bytes(of: expected.type, in: object) else { return nil }
        return decode(bytes, like: expected.value)
    }

    /// Reads an attribute whose value is a template (CKA_UNWRAP_TEMPLATE): the token is asked for the number of
    /// entries, then for their types and lengths, then for their values. Entries of a flag's length are flags.
    private borrowing func template(
        of type: AttributeType,
        in object: ObjectHandle
    ) throws(PKCS11Error) -> [Attribute]? {
        var outer = CK_ATTRIBUTE(type: type.rawValue, pValue: nil, ulValueLen: 0)
        guard try read(&outer, of: object), outer.ulValueLen <= maximumAttributeLength else { return nil }
        let count = Int(outer.ulValueLen) / MemoryLayout<CK_ATTRIBUTE>.stride
        guard count > 0 else { return nil }
        let entries = UnsafeMutableBufferPointer<CK_ATTRIBUTE>.allocate(capacity: count)
        entries.initialize(repeating: CK_ATTRIBUTE(type: 0, pValue: nil, ulValueLen: 0))
        defer { entries.deallocate() }
        outer.pValue = UnsafeMutableRawPointer(entries.baseAddress)
        guard try read(&outer, of: object) else { return nil }
        guard entries.allSatisfy({ $0.ulValueLen <= maximumAttributeLength }) else { return nil }
        for index in entries.indices {
            entries[index].pValue = .allocate(byteCount: Int(entries[index].ulValueLen) + 1, alignment: 8)
        }
        defer { for entry in entries { entry.pValue?.deallocate() } }
        guard try read(&outer, of: object) else { return nil }
        return entries.map { entry in
            let value = UnsafeRawBufferPointer(start: entry.pValue, count: Int(entry.ulValueLen))
            let form: Attribute.Value = entry.ulValueLen == 1 ? .flag(false) : .bytes([])
            return Attribute(AttributeType(rawValue: entry.type), decode(Array(value), like: form) ?? .bytes([]))
        }
    }

    /// False where the attribute does not exist.
    private borrowing func read(_ attribute: inout CK_ATTRIBUTE, of object: ObjectHandle) throws(PKCS11Error) -> Bool {
        let code = functions.pointee.C_GetAttributeValue?(handle, object.rawValue, &attribute, 1)
        if code == CKR_ATTRIBUTE_TYPE_INVALID { return false }
        try check("C_GetAttributeValue", code)
        return true
    }
}

/// No attribute that is read here is longer; CK_UNAVAILABLE_INFORMATION, all bits set, is.
private let maximumAttributeLength: CK_ULONG = 65_536

private func decode(_ bytes: [UInt8], like form: Attribute.Value) -> Attribute.Value? {
    switch form {
    case .flag:
        guard bytes.count == 1 else { return nil }
        return .flag(bytes[0] != 0)
    case .number:
        guard bytes.count == MemoryLayout<CK_ULONG>.size else { return nil }
        return .number(bytes.withUnsafeBytes { $0.loadUnaligned(as: CK_ULONG.self) })
    case .bytes:
        return .bytes(bytes)
    case .mechanisms:
        let size = MemoryLayout<CK_MECHANISM_TYPE>.size
        guard bytes.count.isMultiple(of: size) else { return nil }
        let types = bytes.withUnsafeBytes { buffer in
            stride(from: 0, to: buffer.count, by: size).map { offset in
                MechanismType(rawValue: buffer.loadUnaligned(fromByteOffset: offset, as: CK_MECHANISM_TYPE.self))
            }
        }
        return .mechanisms(Set(types))
    case .template:
        return nil
    }
}
