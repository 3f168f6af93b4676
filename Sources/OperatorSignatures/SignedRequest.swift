/// What operators must sign themselves, and how it is put into a statement: signer and verifier make purpose and subject
/// from the same function, so that they can't differ about what is bound.
///
/// Things are named twice where they have a name and an identifier: the person who signs reads the name, the identifier
/// says which thing has it, and the verifier holds both to its records. Whoever shows the signer a false identifier gets
/// a statement that is good for nothing.
package struct SignedRequest: Hashable, Sendable {
    /// A name and what it stands for.
    package struct Named: Hashable, Sendable {
        package let name: String
        package let identifier: String

        package init(name: String, identifier: String) {
            self.name = name
            self.identifier = identifier
        }
    }

    /// The command line's statements are good for so long, in seconds: a person signs what he asks for at this moment.
    package static let lifetimeSeconds: Int64 = 300

    package let purpose: String
    package let subject: [String: String]

    /// Allows an instance to use a root key, with exactly these roles.
    package static func grantAuthorization(
        partition: String,
        rootKey: Named,
        instance: Named,
        roles: some Collection<String>
    ) -> SignedRequest {
        SignedRequest(
            purpose: "keyferry authorization grant",
            subject: [
                "partition": partition, "root-key": rootKey.identifier, "root-key-name": rootKey.name,
                "instance": instance.identifier, "instance-name": instance.name, "roles": list(roles),
            ]
        )
    }

    /// Makes whoever has the certificate's key an operator with these roles.
    ///
    /// - Parameter replaced: the certificate that his takes the place of.
    package static func addOperator(
        partition: String,
        operator: Named,
        roles: some Collection<String>,
        replaced: String? = nil
    ) -> SignedRequest {
        SignedRequest(
            purpose: "keyferry operator add",
            subject: admission(partition, `operator`, replaced).merging(["roles": list(roles)]) { $1 }
        )
    }

    /// Makes whatever has the certificate's key a service of the pipeline. Its role is in the certificate, and said to the
    /// person who signs.
    ///
    /// - Parameter replaced: the certificate that its takes the place of.
    package static func addIdentity(
        partition: String,
        identity: Named,
        role: String,
        replaced: String? = nil
    ) -> SignedRequest {
        SignedRequest(
            purpose: "keyferry identity add",
            subject: admission(partition, identity, replaced).merging(["role": role]) { $1 }
        )
    }

    private static func admission(_ partition: String, _ newcomer: Named, _ replaced: String?) -> [String: String] {
        var subject = ["partition": partition, "certificate": newcomer.identifier, "name": newcomer.name]
        subject["replaces"] = replaced
        return subject
    }

    /// Makes a root key of the key that its owner wrapped.
    ///
    /// - Parameter wrappedKey: SHA-256 of the wrapped key, in hexadecimal.
    package static func importRootKey(partition: String, name: String, wrappedKey: String) -> SignedRequest {
        SignedRequest(
            purpose: "keyferry root-key import",
            subject: ["partition": partition, "root-key-name": name, "wrapped-key-sha256": wrappedKey]
        )
    }

    /// Makes the next version of a root key of the key that its owner wrapped.
    ///
    /// - Parameter wrappedKey: SHA-256 of the wrapped key, in hexadecimal.
    package static func importRootKeyVersion(
        partition: String,
        rootKey: Named,
        wrappedKey: String
    ) -> SignedRequest {
        SignedRequest(
            purpose: "keyferry root-key rotate",
            subject: [
                "partition": partition, "root-key": rootKey.identifier, "root-key-name": rootKey.name,
                "wrapped-key-sha256": wrappedKey,
            ]
        )
    }

    /// Deletes a root key with all its versions. Bound to the version that is current, so that nobody agrees to lose what
    /// was made after he looked.
    package static func deleteRootKey(partition: String, rootKey: Named, currentVersion: Int) -> SignedRequest {
        SignedRequest(
            purpose: "keyferry root-key delete",
            subject: [
                "partition": partition, "root-key": rootKey.identifier, "root-key-name": rootKey.name,
                "version": String(currentVersion),
            ]
        )
    }

    /// A statement of it with a nonce of its own.
    ///
    /// - Parameters:
    ///   - now: seconds since 1970.
    ///   - lifetimeSeconds: how long it is good for; longer where another must add his signature first.
    package func statement(
        at now: Int64,
        lifetimeSeconds: Int64 = Self.lifetimeSeconds
    ) throws(OperatorSignatureError) -> OperatorStatement {
        try OperatorStatement(
            purpose: purpose,
            subject: subject,
            issued: now,
            lifetimeSeconds: lifetimeSeconds
        )
    }

    /// Role names have no spaces.
    private static func list(_ roles: some Collection<String>) -> String {
        Set(roles).sorted().joined(separator: " ")
    }
}
