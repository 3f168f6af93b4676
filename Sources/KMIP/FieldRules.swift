/// Since when a field is where it is, for fields whose tag is older than their place.
///
/// Every other field came with its tag: ``ProtocolVersion/newestTag``. Operations and enumeration values carry their
/// first version in their own tables, attributes in ``AttributeDefinition``.
enum FieldRules {
    /// Key Format Type in the Digest attribute (KMIP 1.1, section 3.17).
    static let keyFormatTypeInDigest = ProtocolVersion.v11
    /// Digital Signature Algorithm and Cryptographic Algorithm in Cryptographic Parameters (KMIP 1.2, section 3.6).
    static let algorithmsInCryptographicParameters = ProtocolVersion.v12
}
