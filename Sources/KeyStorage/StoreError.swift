/// Why the key store could not do something: a code to switch on, where it happened, and a cause for the log.
///
/// The description names tables and keys, which are identifiers and no secrets; it never holds SQL text or values.
/// Equality compares the code only.
package struct StoreError: Error, Sendable, CustomStringConvertible {
    package let code: Code
    package let table: StoreTable?
    /// The key of the row, as text.
    package let key: String?
    /// What the engine or libcrypto said, by number or name.
    package let cause: String

    package init(_ code: Code, table: StoreTable? = nil, key: String? = nil, cause: String = "") {
        self.code = code
        self.table = table
        self.key = key
        self.cause = cause
    }

    package enum Code: String, Hashable, Sendable, CaseIterable {
        /// The database is locked by another process for too long, its disk is full, or it can't be read or written.
        /// Nothing was changed. Try again.
        case unavailable
        /// The commit itself failed: the changes may turn out to have been made, after a loss of power for one.
        case outcomeUnknown = "outcome unknown"
        /// The database file is no database, or its structure is damaged.
        case databaseDamaged = "database damaged"
        /// A row, or a set of rows, is not as this software wrote it.
        case recordCorrupted = "record corrupted"
        /// Another writer was first. Read again and decide again.
        case conflict
        /// A live object of the instance has that name.
        case nameNotUnique = "name not unique"
        /// A row with that key, or that name, is there already.
        case alreadyExists = "already exists"
        /// The database was made by a newer version of this software.
        case schemaTooNew = "schema too new"
        /// A value can't be stored: a text column can't hold U+0000.
        case valueNotStorable = "value not storable"
        /// The record key has the wrong length, or libcrypto failed.
        case cryptographyFailed = "cryptography failed"
        /// The engine refused something that should work: a fault of this software.
        case engineFailed = "engine failed"
    }

    package var description: String {
        var text = "key store: \(code.rawValue)"
        if let table { text += ", table \(table.rawValue)" }
        if let key { text += ", key \(key)" }
        return cause.isEmpty ? text : text + " (\(cause))"
    }
}

extension StoreError: Equatable {
    package static func == (left: StoreError, right: StoreError) -> Bool {
        left.code == right.code
    }
}

/// The tables of the key store, by their names in the schema.
package enum StoreTable: String, Hashable, Sendable, CaseIterable {
    case authorityState = "authority_state"
    case instances
    case clientCertificates = "client_certificates"
    case rootKeys = "root_keys"
    case rootKeyVersions = "root_key_versions"
    case ticketKeys = "ticket_keys"
    case serviceAuthorizations = "service_authorizations"
    case serviceIdentities = "service_identities"
    case operators
    case certificateEnds = "certificate_ends"
    case certificateSightings = "certificate_sightings"
    case refusedCertificates = "refused_certificates"
    case managedObjects = "managed_objects"
    case objectAttributes = "object_attributes"
    case objectNames = "object_names"
    case jobOutcomes = "job_outcomes"
    case auditEvents = "audit_events"
    case storeProbes = "store_probes"
    case operations
    case statementNonces = "statement_nonces"
    case removalChecks = "removal_checks"
    case keyRevocations = "key_revocations"
    case keyRevocationKeys = "key_revocation_keys"
    case rootKeyDeletions = "root_key_deletions"
    case rootKeyLosses = "root_key_losses"
    case schemaVersion = "schema_version"
}
