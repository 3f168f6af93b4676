import AuthorityKeeping
import HSM
import KeyModel
import KeyStorage
import Logging
import Monitoring

/// Moving keys under the current version of their root key, between batches and in small steps.
///
/// The record of the operation in the store is all that drives it. Workers may come, go and die as they like: a key is
/// moved by one transaction or not at all, and until then it is served from where it is.
extension BatchProcessor {
    /// Keys that a worker takes upon itself at once.
    private static let claim = 256

    /// Does a little of what there is to do.
    func rewrapStep() -> RewrapStep {
        do {
            try keeper.refresh()
            guard hsm.isAvailable, try rewrapping != nil || claimKeys() else { return step(isAway: true) }
            try maintainHSM()
            try moveKeys()
            if complaints.rotation.isOver() { logger.notice("keys are moved again") }
            return step(isAway: false)
        } catch let error as StoreError where error.code == .conflict {
            // Another writer was first: look again.
            return step(isAway: false)
        } catch {
            if let times = complaints.rotation.happened() {
                logger.error(
                    "keys can't be moved to another version of their root key at the moment",
                    metadata: ["error": "\(error)", "times": "\(times)"]
                )
            }
            return step(isAway: true)
        }
    }

    private func step(isAway: Bool) -> RewrapStep {
        RewrapStep(isAway: isAway, jobsDone: jobsDone)
    }

    // MARK: - Taking keys

    /// Takes the next keys of the oldest operation that has some.
    ///
    /// - Returns: whether there are any.
    private func claimKeys() throws -> Bool {
        let running = try store.read { try $0.runningOperations(in: partition) }.map(\.operation).filter {
            $0.kind == .rootKeyRotation
        }
        metrics.rotations(left: running.map { max($0.total - $0.done, 0) })
        for operation in running {
            let decision = RotationDecision(operation, keeper.authority)
            if decision == .wait { continue }
            guard let keys = try claim(operation.identifier, decision) else { continue }
            rewrapping = Rewrapping(operation: operation.identifier, keys: keys)
            return true
        }
        return false
    }

    private func claim(_ identifier: OperationIdentifier, _ decision: RotationDecision) throws -> [ManagedObject]? {
        let now = Timestamp(secondsSince1970: clock() / 1_000)
        var keys: [ManagedObject]?
        var events: [AuditEvent] = []
        try writing(&events) { transaction, events in
            guard var stored = try transaction.operation(identifier), stored.operation.state == .running else { return }
            let rootKey = RootKeyIdentifier(stored.operation.subject)
            guard case .move(let version) = decision else {
                return try finish(&stored, .stopped, transaction, &events)
            }
            func find() throws -> [(position: StoredOperation.Position, object: Result<ManagedObject, StoreError>)] {
                let cursor = stored.pass.cursor
                return try transaction.objects(
                    under: rootKey,
                    before: version.version,
                    behind: cursor,
                    limit: Self.claim
                )
            }
            var found = try find()
            // Counting takes time with many keys, and matters only where none is found.
            let left =
                found.isEmpty ? try transaction.objectCount(under: rootKey, before: version.version) : found.count
            switch PassDecision(stored.pass, found: found.count, left: left, at: now) {
            case .wait: return
            case .finish(let state): return try finish(&stored, state, transaction, &events)
            case .beginAgain:
                stored.pass = StoredOperation.Pass(beginning: now)
                found = try find()
            case .take: break
            }
            keys = found.compactMap { try? $0.object.get() }
            stored.pass.cursor = found.last?.position
            stored.pass.claimed = now
            for entry in found where (try? entry.object.get()) == nil {
                stored.pass.refused += 1
                events.append(event(.rootKeyRewrap, stored.operation, entry.position.key, .recordCorrupted))
            }
            try transaction.update(stored)
        }
        return keys
    }

    private func finish(
        _ stored: inout StoredOperation,
        _ state: BackgroundOperation.State,
        _ transaction: WriteTransaction,
        _ events: inout [AuditEvent]
    ) throws {
        let now = Timestamp(secondsSince1970: clock() / 1_000)
        let rootKey = RootKeyIdentifier(stored.operation.subject)
        var report: [Int: Int] = [:]
        for version in keeper.authority.rootKeyVersions where version.rootKey == rootKey { report[version.version] = 0 }
        for (version, counts) in try transaction.objectCounts(under: rootKey) {
            report[version] = counts.values.reduce(0, +)
        }
        let target = stored.operation.targetVersion ?? 0
        let left = report.filter { $0.key < target }.values.reduce(0, +)
        stored.operation.finish(state, left: left, report: report, at: now)
        try transaction.update(stored)
        events.append(
            event(.rootKeyRotationEnd, stored.operation, nil, state == .done ? nil : .recordCorrupted)
        )
        logger.notice(
            "a rotation has come to its end",
            metadata: [
                "operation": "\(stored.operation.identifier)", "root-key": "\(rootKey)", "state": "\(state.rawValue)",
                "moved": "\(stored.operation.done)", "left": "\(left)",
            ]
        )
    }

    // MARK: - Moving them

    private func moveKeys() throws {
        guard let taken = rewrapping else { return }
        guard let stored = try store.read({ try $0.operation(taken.operation) }), stored.operation.state == .running,
            case .move(let version) = RotationDecision(stored.operation, keeper.authority)
        else {
            rewrapping = nil
            return
        }
        let (rewrapped, count) = try rewrap(taken.keys, to: version)
        let late = try commit(rewrapped, of: taken.operation)
        var rest = Array(taken.keys.dropFirst(count))
        if !late.isEmpty {
            // A client has changed them in between: as they are now, unless they are no more.
            let again = try store.read { try $0.objects(late) }
            rest += again.values.compactMap { try? $0.get() }.filter {
                $0.isUnder(version.rootKey, before: version.version)
            }
        }
        rewrapping = rest.isEmpty ? nil : Rewrapping(operation: taken.operation, keys: rest)
    }

    /// Wraps keys anew, until a step's time is over.
    ///
    /// - Returns: what came of them, and how many were looked at.
    private func rewrap(
        _ keys: [ManagedObject],
        to version: RootKeyVersion
    ) throws(ExecutionError) -> (RewrappedKeys, Int) {
        guard let destination = TokenKeyIdentifier(version.tokenKeyID) else { throw .failure(.recordCorrupted) }
        let begin = ContinuousClock.now
        var result = RewrappedKeys()
        var count = 0
        for object in keys.prefix(RewrapPace.mostKeys) {
            guard begin.duration(to: .now) < RewrapPace.step || count == 0 else { break }
            count += 1
            do throws(ExecutionError) {
                let material = try rewrap(object, to: destination, version)
                result.moved.append((object, material))
            } catch {
                guard case .failure(let failure) = error else { throw error }
                if failure.code != .recordCorrupted, !isGivenUp(object) {
                    // What was moved before it is kept, and it is the first of the next step.
                    guard count == 1 else { return (result, count - 1) }
                    rewrapping?.failures += 1
                    throw error
                }
                result.refused.append(object)
            }
        }
        return (result, count)
    }

    /// A key that the token can't move, for whatever reason, must not keep the others from being moved.
    private func isGivenUp(_ object: ManagedObject) -> Bool {
        guard let taken = rewrapping, taken.keys.first?.identifier == object.identifier else { return false }
        return taken.failures >= Rewrapping.mostFailures
    }

    private func rewrap(
        _ object: ManagedObject,
        to destination: TokenKeyIdentifier,
        _ version: RootKeyVersion
    ) throws(ExecutionError) -> WrappedKeyMaterial {
        let source = keeper.authority.rootKeyVersions.first {
            $0.rootKey == version.rootKey && $0.version == object.material?.rootKeyVersion && $0.isLive
        }
        guard let material = object.material, let kind = MaterialKind(object.algorithm, length: object.length),
            let key = source.flatMap({ TokenKeyIdentifier($0.tokenKeyID) })
        else { throw .failure(.recordCorrupted) }
        let blob = try usingHSM(rejection: .recordCorrupted) { () throws(HSMError) in
            try hsm.rewrap(material.blob, from: .rootKeyVersion(key), to: .rootKeyVersion(destination), kind)
        }
        return WrappedKeyMaterial(
            blob: blob,
            trueLength: material.trueLength,
            rootKey: version.rootKey,
            rootKeyVersion: version.version
        )
    }

    /// - Returns: the keys that have another revision by now.
    private func commit(_ keys: RewrappedKeys, of identifier: OperationIdentifier) throws -> [ObjectKey] {
        var late: [ObjectKey] = []
        var events: [AuditEvent] = []
        let now = Timestamp(secondsSince1970: clock() / 1_000)
        try writing(&events) { transaction, events in
            guard var stored = try transaction.operation(identifier), stored.operation.state == .running else {
                throw StoreError(.conflict, table: .operations)
            }
            for (object, material) in keys.moved where try !transaction.rewrap(object, to: material) {
                late.append(ObjectKey(object))
            }
            for object in keys.refused {
                events.append(event(.rootKeyRewrap, stored.operation, ObjectKey(object), .recordCorrupted))
            }
            let moved = keys.moved.count - late.count
            stored.operation.done += moved
            stored.pass.moved += moved
            stored.pass.refused += keys.refused.count
            stored.pass.claimed = now
            try transaction.update(stored)
        }
        metrics.rewrapped(moved: keys.moved.count - late.count, refused: keys.refused.count)
        return late
    }

    // MARK: - Transactions

    /// Writes under the authority that was decided by, with audit events; nothing where it is another by now.
    func writing(
        _ events: inout [AuditEvent],
        _ body: (WriteTransaction, inout [AuditEvent]) throws -> Void
    ) throws {
        do {
            auditChain = try store.write { transaction in
                try transaction.requireAuthority(at: keeper.authority.generation)
                try body(transaction, &events)
                return try transaction.append(events, to: auditChain)
            }
            metrics.audited(events.count)
        } catch {
            if !events.isEmpty { startNewAuditChain() }
            throw error
        }
    }

    /// - Parameter key: of the key that it is about; nil where it is about the root key.
    func event(
        _ action: AuditEvent.Action,
        _ operation: BackgroundOperation,
        _ key: ObjectKey?,
        _ failure: OperationFailure.Code?
    ) -> AuditEvent {
        AuditEvent(
            action: action,
            initiator: "Operation-\(operation.identifier)",
            address: "",
            instance: key?.instance,
            object: key?.identifier ?? UniqueIdentifier(operation.subject),
            failure: failure,
            requestID: operation.identifier.text,
            isRepeat: false,
            time: Timestamp(secondsSince1970: clock() / 1_000)
        )
    }
}

extension ManagedObject {
    fileprivate func isUnder(_ rootKey: RootKeyIdentifier, before version: Int) -> Bool {
        guard let material else { return false }
        return material.rootKey == rootKey && material.rootKeyVersion < version
    }
}
