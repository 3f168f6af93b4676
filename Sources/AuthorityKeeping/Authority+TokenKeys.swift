package import HSM
package import KeyModel

extension Authority {
    /// Every key of the token that serving under this authority takes: live root key versions and ticket keys.
    ///
    /// - Throws: `AuthorityError.keyIdentifierDamaged`.
    package func tokenKeys() throws(AuthorityError) -> [TokenKey] {
        var keys: [TokenKey] = []
        for version in rootKeyVersions where version.isLive {
            keys.append(TokenKey(.rootKeyVersion, try .required(version.tokenKeyID)))
        }
        for key in ticketKeys { keys.append(TokenKey(.ticketKey, try .required(key.tokenKeyID))) }
        return keys
    }
}

extension TokenKeyIdentifier {
    /// - Throws: `AuthorityError.keyIdentifierDamaged`.
    package static func required(_ bytes: [UInt8]) throws(AuthorityError) -> TokenKeyIdentifier {
        guard let identifier = TokenKeyIdentifier(bytes) else { throw .keyIdentifierDamaged }
        return identifier
    }
}
