/// The standard extensions that go into issued certificates (RFC 5280, section 4.2.1).
enum ExtensionEncoding {
    enum Role {
        case authority
        case leaf
    }

    static func subjectKeyIdentifier(_ identifier: [UInt8]) -> CertificateExtension {
        make(StandardExtension.subjectKeyIdentifier, isCritical: false) { $0.primitive(.octetString, identifier) }
    }

    /// Only the key identifier, [0]; neither issuer name nor serial number.
    static func authorityKeyIdentifier(_ identifier: [UInt8]) -> CertificateExtension {
        make(StandardExtension.authorityKeyIdentifier, isCritical: false) { writer in
            writer.sequence { $0.primitive(.context(0), identifier) }
        }
    }

    /// For an authority: CA, with path length 0, so that it issues leaves only.
    static func basicConstraints(_ role: Role) -> CertificateExtension {
        make(StandardExtension.basicConstraints, isCritical: true) { writer in
            writer.sequence { constraints in
                guard role == .authority else { return }
                constraints.boolean(true)
                constraints.unsignedInteger([])
            }
        }
    }

    /// A named BIT STRING: trailing zero bits are left off (X.690, section 11.2.2).
    static func keyUsage(_ usage: CertificateKeyUsage) -> CertificateExtension {
        make(StandardExtension.keyUsage, isCritical: true) { writer in
            writer.primitive(.bitString, [UInt8(usage.rawValue.trailingZeroBitCount), usage.rawValue])
        }
    }

    static func extendedKeyUsage(_ usages: [ExtendedKeyUsage]) -> CertificateExtension {
        make(StandardExtension.extendedKeyUsage, isCritical: false) { writer in
            writer.sequence { sequence in
                for usage in usages { sequence.objectIdentifier(usage.identifier) }
            }
        }
    }

    static func subjectAlternativeNames(
        _ names: [SubjectAlternativeName]
    ) throws(CryptographyError) -> CertificateExtension {
        var encoded = DERWriter()
        for name in names { try name.encode(into: &encoded) }
        return make(StandardExtension.subjectAlternativeName, isCritical: false) { writer in
            writer.sequence { $0.encoded(encoded.bytes) }
        }
    }

    /// Extensions ::= SEQUENCE OF SEQUENCE { extnID, critical DEFAULT FALSE, extnValue }
    static func sequence(of extensions: [CertificateExtension]) throws(CryptographyError) -> [UInt8] {
        guard Set(extensions.map(\.identifier)).count == extensions.count else {
            throw CryptographyError(code: .invalidTemplate, operation: "ExtensionEncoding.sequence")
        }
        var content = DERWriter()
        for item in extensions {
            let identifier = try ObjectIdentifier(item.identifier)
            content.sequence { sequence in
                sequence.objectIdentifier(identifier)
                if item.isCritical { sequence.boolean(true) }
                sequence.primitive(.octetString, item.value)
            }
        }
        var writer = DERWriter()
        writer.primitive(.sequence, content.bytes)
        return writer.bytes
    }

    private static func make(
        _ identifier: ObjectIdentifier,
        isCritical: Bool,
        _ build: (inout DERWriter) -> Void
    ) -> CertificateExtension {
        var value = DERWriter()
        build(&value)
        return CertificateExtension(identifier: identifier.description, isCritical: isCritical, value: value.bytes)
    }
}
