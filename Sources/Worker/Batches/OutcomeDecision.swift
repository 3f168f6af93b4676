import JobMessages
import KeyModel
import KeyStorage

/// What to do about a job, by what the store knows of its message id. Pure.
enum OutcomeDecision: Hashable {
    /// Nothing was done yet.
    case execute
    /// It was done: this is what was answered.
    case repeatAnswer(JobReply)
    case refuse(OperationFailure.Code)

    /// How often a job is begun, at most, after its first delivery.
    static let mostAttempts = 3

    init(_ stored: Result<StoredOutcome, StoreError>?, requestHash: [UInt8]) {
        switch stored {
        case nil: self = .execute
        case .failure: self = .refuse(.recordCorrupted)
        case .success(let outcome):
            guard outcome.requestHash == requestHash else {
                self = .refuse(.messageReused)
                return
            }
            guard let bytes = outcome.outcome else {
                self = .execute
                return
            }
            if let reply = try? JobReply(serialized: bytes) {
                self = .repeatAnswer(reply)
            } else {
                self = .refuse(.recordCorrupted)
            }
        }
    }
}

extension JobReply {
    /// The reply as the store keeps it: without the keys, which are wrapped for one ticket and are fetched again for a
    /// repeat.
    var withoutKeyMaterial: JobReply {
        guard case .kmip(let outcomes) = self else { return self }
        return .kmip(
            outcomes.map { outcome in
                guard case .success(.got(let key)) = outcome else { return outcome }
                return .success(
                    .got(
                        RetrievedKey(
                            identifier: key.identifier,
                            objectType: key.objectType,
                            algorithm: key.algorithm,
                            length: key.length,
                            material: TransportedKeyMaterial(blob: [], trueLength: 0),
                            digest: key.digest
                        )
                    )
                )
            }
        )
    }
}

extension Job {
    /// Whether doing the job twice would be wrong.
    var changesStore: Bool {
        switch content {
        case .kmip(let job): job.operations.contains(where: \.changesStore)
        case .identifyClient: false
        case .operator(let job): job.request.effect != .none
        }
    }
}
