internal import Foundation

/// What a deletion of a root key came to: what can never be read again, and what was looked at. JSON, signed by the worker
/// that ended it (`DetachedSignature`).
package struct RootKeyDeletionReport: Codable, Hashable, Sendable {
    package struct Named: Codable, Hashable, Sendable {
        package let name: String
        /// An identifier, or the fingerprint of a certificate.
        package let identifier: String

        package init(name: String, identifier: String) {
            self.name = name
            self.identifier = identifier
        }
    }

    /// A version of the root key.
    package struct Version: Codable, Hashable, Sendable {
        package let version: Int
        /// CKA_ID, in hexadecimal digits.
        package let tokenKey: String

        package init(version: Int, tokenKey: String) {
            self.version = version
            self.tokenKey = tokenKey
        }
    }

    /// A key that can never be read again.
    package struct Key: Codable, Hashable, Sendable {
        package let instance: String
        package let identifier: String
        /// What vCenter, or another client, called it.
        package let name: String?

        package init(instance: String, identifier: String, name: String?) {
            self.instance = instance
            self.identifier = identifier
            self.name = name
        }
    }

    /// When things happened, in seconds since 1970.
    package struct Times: Codable, Hashable, Sendable {
        package let ordered: Int64
        package let due: Int64
        package let ended: Int64

        package init(ordered: Int64, due: Int64, ended: Int64) {
            self.ordered = ordered
            self.due = due
            self.ended = ended
        }
    }

    package static let purpose = "keyferry root-key deletion report"

    /// Always `purpose`: a signature over something else is none over a report.
    package let purpose: String
    package let partition: String
    package let operation: String
    package let rootKey: Named
    /// The key owners who signed the order.
    package let orderedBy: [Named]
    package let times: Times
    package let versions: [Version]
    /// CKA_IDs of the ticket keys that were destroyed with it, in hexadecimal digits.
    package let ticketKeys: [String]
    /// The serials of the tokens in which the versions were destroyed, and in which neither their identifiers nor their
    /// labels were found afterwards.
    package let tokenSerials: [String]
    package let keys: [Key]
    /// What nobody here could look at.
    package let outside: [String]

    package init(
        partition: String,
        operation: String,
        rootKey: Named,
        orderedBy: [Named],
        times: Times,
        destroyed: (versions: [Version], ticketKeys: [String], tokenSerials: [String]),
        keys: [Key]
    ) {
        purpose = Self.purpose
        self.partition = partition
        self.operation = operation
        self.rootKey = rootKey
        self.orderedBy = orderedBy
        self.times = times
        versions = destroyed.versions
        ticketKeys = destroyed.ticketKeys
        tokenSerials = destroyed.tokenSerials
        self.keys = keys
        outside = [
            "Backups of the HSM itself, and other tokens of its group, that its vendor's tools have made: a root key that is in"
                + " one comes back with it.",
            "Copies of keys that clients had been given before: a host keeps its keys in memory until it restarts.",
            "A root key that was imported: whoever made it may still have it.",
        ]
    }

    /// - Throws: `statementMalformed` for what is no report.
    package init(decoding bytes: [UInt8]) throws(OperatorSignatureError) {
        guard let report = try? JSONDecoder().decode(Self.self, from: Data(bytes)), report.purpose == Self.purpose
        else {
            throw OperatorSignatureError(.statementMalformed, "no deletion report")
        }
        self = report
    }

    package func encoded() throws(OperatorSignatureError) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let json = try? encoder.encode(self) else { throw OperatorSignatureError(.statementMalformed) }
        return Array(json)
    }
}
