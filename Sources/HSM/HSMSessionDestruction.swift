internal import PKCS11

/// The end of root key versions.
extension HSMSession {
    /// What the root keys' versions are called in the token, for people who list its objects. Nothing is found by it while
    /// it is in use; where it is to be destroyed, nothing of that name may be left.
    package static func rootKeyVersionLabel(rootKey: String, version: Int) -> String {
        "keyferry-root-\(rootKey)-v\(version)"
    }

    /// Destroys a version of a root key, and looks in a session of its own that neither its identifier nor its label is in
    /// the token any more. Everything that is wrapped under it is lost.
    ///
    /// A key of that label with another identifier is one that was made and never published, by a process that died in
    /// between: it goes as well. What is gone already is no error, so that a process that died behind the destruction, and
    /// before it was written down, can be followed by another.
    ///
    /// - Returns: how many keys were there to be destroyed.
    /// - Throws: `keyNotDestroyed` where the token accepted the destruction and still lists such a key.
    @discardableResult
    package func destroyRootKeyVersion(
        _ identifier: TokenKeyIdentifier,
        label: String
    ) throws(HSMError) -> Int {
        let key = TokenKey(.rootKeyVersion, identifier)
        handles[key] = nil
        knownKeys.remove(key)
        let found = try rootKeyVersionObjects(identifier, label: label)
        try performWriting { session throws(PKCS11Error) in
            for object in found { try session.destroy(object) }
        }
        guard try rootKeyVersionObjects(identifier, label: label).isEmpty else {
            throw HSMError(.keyNotDestroyed, "\(key) is still in the token")
        }
        return found.count
    }

    /// Everything in the token with the identifier, and every secret key with the label.
    private func rootKeyVersionObjects(
        _ identifier: TokenKeyIdentifier,
        label: String
    ) throws(HSMError) -> Set<ObjectHandle> {
        let byIdentifier = Template([.identifier(identifier.bytes), Attribute(.token, true)])
        let byLabel = Template([.objectClass(.secretKey), .label(label), Attribute(.token, true)])
        return try performWriting { session throws(PKCS11Error) in
            var found = Set(try session.findObjects(byIdentifier))
            found.formUnion(try session.findObjects(byLabel))
            return found
        }
    }
}
