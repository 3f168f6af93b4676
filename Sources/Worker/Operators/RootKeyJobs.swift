import AuthorityKeeping
import Foundation
import HSM
import KeyModel
import KeyStorage
import Logging

/// Operators' requests that change a root key. What they make in the token is published by a change of authority, and
/// is destroyed again where that change is not made. A worker that dies between the two leaves a key in the token that no
/// record names: nothing was ever wrapped under it, and nothing finds it.
extension BatchProcessor {
    /// - Returns: the reply; nil where another worker changed the authority in between, and it must be tried again.
    func changeRootKey(_ job: OperatorJob, of admitted: AdmittedJob, at now: Timestamp) throws -> JobReply? {
        guard case .rootKey(let request) = job.request else { preconditionFailure("no request about a root key") }
        let decided = OperatorChange(job: job, admitted: admitted, now: now)
        let source = try versionSource(of: request, in: decided)
        switch request {
        case .create(let name), .importKey(let name, _, _): return try create(name, source, decided)
        case .rotate(let name), .importVersion(let name, _, _):
            return try rotate(try keeper.authority.requireRootKey(name, in: partition), source, decided)
        case .suspend(let name):
            let rootKey = try keeper.authority.requireRootKey(name, in: partition)
            return try set(rootKey, to: .suspended, as: .rootKeySuspend, decided)
        case .resume(let name):
            let rootKey = try keeper.authority.requireRootKey(name, in: partition)
            // What is in use again must work: the workers would all be unhealthy otherwise.
            try tryVersions(of: rootKey)
            return try set(rootKey, to: .active, as: .rootKeyResume, decided)
        case .delete(let name, let signed):
            return try orderDeletion(of: try keeper.authority.requireRootKey(name, in: partition), signed, decided)
        case .restore(let name):
            return try restore(try keeper.authority.requireRootKey(name, in: partition), decided)
        case .list, .show, .importToken, .deletionReport: preconditionFailure("reads change nothing")
        }
    }

    /// - Throws: `statementNotAccepted` for an import that its requester has not signed.
    private func versionSource(
        of request: RootKeyRequest,
        in decided: OperatorChange
    ) throws(OperationFailure) -> RootKeyVersionSource {
        switch request {
        case .importKey(_, let wrapped, _), .importVersion(_, let wrapped, _):
            let statement = try acceptStatement(of: decided.job, in: decided.admitted.job, at: decided.now)
            guard let statement else { throw OperationFailure(.statementNotAccepted) }
            return .imported(wrapped: wrapped, statement)
        default: return .generated
        }
    }

    private func create(
        _ name: String,
        _ source: RootKeyVersionSource,
        _ decided: OperatorChange
    ) throws -> JobReply? {
        try keeper.authority.requireRootKeyName(name)
        let rootKey = RootKey(
            identifier: RootKeyIdentifier(UUID().uuidString.lowercased()),
            name: name,
            partition: partition,
            status: .active,
            created: decided.now
        )
        return try withNewVersion(1, of: rootKey, source) { made in
            let next = keeper.authority.adding(rootKey, version: made)
            let answer = next.describe(rootKey, counts: [:], rotation: nil, retentionDays: rootKeyRetentionDays)
            let action: AuditEvent.Action = source.isImported ? .rootKeyImport : .rootKeyCreate
            return try enact(change(to: next, .rootKey(.rootKey(answer)), action, rootKey), decided) { transaction in
                try use(source, in: transaction, at: decided.now)
            }
        }
    }

    /// Makes the next version current. The operation that moves the keys is recorded with it: there is never the one
    /// without the other.
    private func rotate(
        _ rootKey: RootKey,
        _ source: RootKeyVersionSource,
        _ decided: OperatorChange
    ) throws -> JobReply? {
        try keeper.authority.requireActive(rootKey)
        try store.read { try requireNoRotation(of: rootKey, $0) }
        let version = keeper.authority.nextVersion(of: rootKey)
        let total = try store.read { try $0.objectCount(under: rootKey.identifier, before: version) }
        let operation = BackgroundOperation(
            identifier: OperationIdentifier(UUID().uuidString.lowercased()),
            kind: .rootKeyRotation,
            partition: partition,
            rootKey: rootKey,
            targetVersion: version,
            total: total,
            started: decided.now
        )
        return try withNewVersion(version, of: rootKey, source) { made in
            let next = keeper.authority.rotating(rootKey, to: made, at: decided.now)
            let action: AuditEvent.Action = source.isImported ? .rootKeyImportVersion : .rootKeyRotate
            let change = change(to: next, .rootKey(.rotation(operation)), action, rootKey)
            return try enact(change, decided) { transaction in
                try use(source, in: transaction, at: decided.now)
                try requireNoRotation(of: rootKey, transaction)
                var stored = StoredOperation(operation)
                stored.operation.total = try transaction.objectCount(under: rootKey.identifier, before: version)
                try transaction.insert(stored)
            }
        }
    }

    private func set(
        _ rootKey: RootKey,
        to status: RootKey.Status,
        as action: AuditEvent.Action,
        _ decided: OperatorChange
    ) throws -> JobReply? {
        let next = try keeper.authority.setting(rootKey, to: status)
        let answer = try store.read { try describe(rootKey.with(status), in: next, $0) }
        return try enact(change(to: next, .rootKey(.rootKey(answer)), action, rootKey), decided)
    }

    func change(
        to next: Authority,
        _ answer: OperatorAnswer,
        _ action: AuditEvent.Action,
        _ rootKey: RootKey
    ) -> AuthorityChange {
        AuthorityChange(
            next: next,
            answer: answer,
            action: action,
            instance: nil,
            notices: [.rootKey(rootKey.identifier)],
            object: UniqueIdentifier(rootKey.identifier.text)
        )
    }

    private func requireNoRotation(of rootKey: RootKey, _ transaction: ReadTransaction) throws {
        guard try rotation(of: rootKey, transaction) == nil else { throw OperationFailure(.rotationRunning) }
    }

    /// Unwraps the canary of every version that is in the token.
    private func tryVersions(of rootKey: RootKey) throws(ExecutionError) {
        for version in keeper.authority.rootKeyVersions
        where version.rootKey == rootKey.identifier && version.isLive {
            guard let key = TokenKeyIdentifier(version.tokenKeyID) else { throw .failure(.recordCorrupted) }
            try usingHSM(rejection: .hsmUnavailable) { () throws(HSMError) in
                try hsm.unwrapCanary(version.canary, under: key)
            }
        }
    }

    private func use(
        _ source: RootKeyVersionSource,
        in transaction: WriteTransaction,
        at now: Timestamp
    ) throws {
        guard case .imported(_, let statement) = source else { return }
        try use(statement, in: transaction, at: now)
    }

    /// Brings a version into the token and has `publish` make it known. It is destroyed again where that is not done.
    private func withNewVersion(
        _ number: Int,
        of rootKey: RootKey,
        _ source: RootKeyVersionSource,
        _ publish: (MadeRootKeyVersion) throws -> JobReply?
    ) throws -> JobReply? {
        let label = HSMSession.rootKeyVersionLabel(rootKey: rootKey.identifier.text, version: number)
        let created: CreatedRootKeyVersion
        switch source {
        case .generated:
            created = try usingHSM(rejection: .hsmUnavailable) { () throws(HSMError) in
                try hsm.createRootKeyVersion(label: label)
            }
        case .imported(let wrapped, _): created = try importVersion(wrapped, label: label)
        }
        let made = MadeRootKeyVersion(tokenKeyID: created.identifier.bytes, canary: created.canary)
        do {
            if let reply = try publish(made) { return reply }
            discard(created.identifier)
            return nil
        } catch let failure as OperationFailure {
            discard(created.identifier)
            throw failure
        } catch let error as StoreError where error.code == .outcomeUnknown {
            leave(created.identifier)
            throw error
        } catch {
            // The change may have been committed all the same: a key that is on record must stay.
            if let stored = try? store.read({ try $0.authority() }),
                !stored.rootKeyVersions.contains(where: { $0.tokenKeyID == made.tokenKeyID })
            {
                discard(created.identifier)
            }
            throw error
        }
    }

    /// It may be on record after all, and then everything depends on it.
    private func leave(_ key: TokenKeyIdentifier) {
        logger.error(
            "it is not known whether a root key version is on record; it stays in the token",
            metadata: ["key": "\(key)"]
        )
    }

    private func discard(_ key: TokenKeyIdentifier) {
        do {
            try hsm.destroyKey(TokenKey(.rootKeyVersion, key))
        } catch {
            logger.warning(
                "a root key version that is on no record stays in the token",
                metadata: ["key": "\(key)", "error": "\(error)"]
            )
        }
    }
}

/// Where a new version of a root key comes from.
private enum RootKeyVersionSource {
    /// The token makes it.
    case generated
    /// Its owner made it, wrapped it for the token, and signed that.
    case imported(wrapped: [UInt8], AcceptedStatement)

    var isImported: Bool { if case .imported = self { true } else { false } }
}

/// Reading root keys and operations.
extension BatchProcessor {
    private static let mostOperations = 500

    func answer(_ request: RootKeyRequest) throws -> RootKeyAnswer {
        let authority = keeper.authority
        switch request {
        case .list:
            let present = authority.rootKeys.filter { $0.partition == partition }
            return .list(
                try store.read { transaction in try present.map { try describe($0, in: authority, transaction) } }
            )
        case .show(let name):
            let rootKey = try authority.requireRootKey(name, in: partition)
            return .rootKey(try store.read { try describe(rootKey, in: authority, $0) })
        case .importToken: return .importToken(try importToken())
        case .deletionReport(let name, let offset):
            return try deletionReport(of: try authority.requireRootKey(name, in: partition), offset: offset)
        case .create, .rotate, .suspend, .resume, .importKey, .importVersion, .delete, .restore:
            preconditionFailure("changes are carried out by changeRootKey(_:of:at:)")
        }
    }

    func answer(_ request: BackgroundOperationRequest) throws -> BackgroundOperationAnswer {
        switch request {
        case .list:
            let stored = try store.read { try $0.operations(in: partition, limit: Self.mostOperations) }
            return .list(stored.map(\.operation))
        case .show(let identifier):
            guard let stored = try store.read({ try $0.operation(identifier) }), stored.operation.partition == partition
            else { throw OperationFailure(.itemNotFound) }
            return .operation(stored.operation)
        }
    }

    private func describe(
        _ rootKey: RootKey,
        in authority: Authority,
        _ transaction: ReadTransaction
    ) throws -> RootKeyDescription {
        authority.describe(
            rootKey,
            counts: try transaction.objectCounts(under: rootKey.identifier),
            rotation: try rotation(of: rootKey, transaction),
            deletion: try runningDeletion(of: rootKey, transaction).map { authority.describe($0.deletion) },
            retentionDays: rootKeyRetentionDays
        )
    }

    /// The rotation of a root key that is running.
    private func rotation(of rootKey: RootKey, _ transaction: ReadTransaction) throws -> OperationIdentifier? {
        try transaction.runningOperations(in: partition).first {
            $0.operation.kind == .rootKeyRotation && $0.operation.subject == rootKey.identifier.text
        }?.operation.identifier
    }
}
