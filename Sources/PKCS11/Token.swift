internal import CPKCS11

/// A CK_SLOT_ID. It comes from a token found by label or serial and is never stored: slot numbers change.
package struct SlotIdentifier: Hashable, Sendable {
    let rawValue: UInt
}

/// A token in a slot, CK_TOKEN_INFO.
package struct Token: Hashable, Sendable {
    package let slot: SlotIdentifier
    /// Without the padding.
    package let label: String
    package let serial: String
    /// CKF_TOKEN_INITIALIZED.
    package let isInitialized: Bool
}

extension Module {
    /// Every token present. A slot whose token can't be read is left out: the search goes by what is known of tokens.
    package func tokens() throws(PKCS11Error) -> [Token] {
        var count: CK_ULONG = 0
        try check("C_GetSlotList", functions.pointee.C_GetSlotList?(CK_BBOOL(1), nil, &count))
        var slots = [CK_SLOT_ID](repeating: 0, count: Int(count))
        try check("C_GetSlotList", functions.pointee.C_GetSlotList?(CK_BBOOL(1), &slots, &count))
        return slots.prefix(Int(count)).compactMap(token(in:))
    }

    private func token(in slot: CK_SLOT_ID) -> Token? {
        var information = CK_TOKEN_INFO()
        guard functions.pointee.C_GetTokenInfo?(slot, &information) == CKR_OK else { return nil }
        return Token(
            slot: SlotIdentifier(rawValue: slot),
            label: withUnsafeBytes(of: information.label, text),
            serial: withUnsafeBytes(of: information.serialNumber, text),
            isInitialized: information.flags & CK_FLAGS(CKF_TOKEN_INITIALIZED) != 0
        )
    }

    /// A field padded with spaces to its fixed length, PKCS #11 v2.40 section 3.2.
    private func text(_ field: UnsafeRawBufferPointer) -> String {
        let end = field.lastIndex { $0 != 0x20 && $0 != 0 }
        guard let end else { return "" }
        return String(decoding: field[...end], as: UTF8.self)
    }
}
