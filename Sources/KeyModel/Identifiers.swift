/// The Unique Identifier of a managed object (KMIP 1.4, 3.1): here a UUID in lower-case text, but any text a client
/// sends is representable, so that an unknown identifier is "not found" and not "malformed".
package struct UniqueIdentifier: Hashable, Sendable, CustomStringConvertible {
    package let text: String

    package init(_ text: String) {
        self.text = text
    }

    package var description: String { text }
}

/// Identifies an instance, which is one customer's key provider: a set of managed objects and the client certificates
/// that may use them.
package struct InstanceIdentifier: Hashable, Sendable, CustomStringConvertible {
    package let text: String

    package init(_ text: String) {
        self.text = text
    }

    package var description: String { text }
}

/// Identifies a customer root key in all its versions.
package struct RootKeyIdentifier: Hashable, Sendable, CustomStringConvertible {
    package let text: String

    package init(_ text: String) {
        self.text = text
    }

    package var description: String { text }
}

/// Names a partition: an HSM token, or an HA group of tokens, that holds the same root keys.
package struct PartitionName: Hashable, Sendable, CustomStringConvertible {
    package let text: String

    /// - Returns: nil unless `text` is 1 to 32 characters of `a-z`, `0-9` and `-`: it becomes part of queue names and
    ///   of routing keys, in which a dot, a star or a hash would have a meaning of their own.
    package init?(_ text: String) {
        let allowed = text.utf8.allSatisfy { byte in
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: "-")
        }
        guard allowed, (1...32).contains(text.utf8.count) else { return nil }
        self.text = text
    }

    package var description: String { text }
}

/// The SHA-256 of a certificate's DER encoding: the identity of a TLS client, a service or an operator.
package struct CertificateFingerprint: Hashable, Sendable, CustomStringConvertible {
    /// 32 bytes.
    package let bytes: [UInt8]

    /// - Returns: nil unless there are 32 bytes.
    package init?(_ bytes: [UInt8]) {
        guard bytes.count == 32 else { return nil }
        self.bytes = bytes
    }

    /// Reads 64 hexadecimal digits, with or without colons between the bytes.
    package init?(hexadecimal text: String) {
        let digits = text.utf8.filter { $0 != UInt8(ascii: ":") }
        guard digits.count == 64, let bytes = Hexadecimal.decode(digits) else { return nil }
        self.init(bytes)
    }

    /// 64 lower-case hexadecimal digits.
    package var description: String { Hexadecimal.encode(bytes) }
}
