import JobSealing
import KeyModel

/// What a decision about an operator's change takes beside the authority and the request.
struct ChangeContext {
    /// The operator who asks.
    let requester: CertificateFingerprint
    /// The identity of the admin front by which he does.
    let sender: CertificateFingerprint
    /// By which identities of services are believed.
    let trust: ServiceTrust
    /// By which certificates of operators are.
    let operatorsTrust: OperatorsTrust
    let now: Timestamp
    /// What the operator signed, verified; nil for requests that are not signed.
    var statement: AcceptedStatement?
    /// Of the instance that the request names.
    var keys = InstanceKeys()

    var partition: PartitionName { trust.partition }
}

/// What the key store says of an instance's keys.
struct InstanceKeys: Hashable {
    /// How many there are in each state.
    var counts: [ObjectState: Int] = [:]
    /// How many still have their material.
    var withMaterial = 0
    /// The root keys that their material is under.
    var rootKeys: Set<RootKeyIdentifier> = []

    /// Whether every decision comes out the same: clients of a busy instance make and activate keys all the time.
    func decidesAs(_ other: InstanceKeys) -> Bool {
        rootKeys == other.rootKeys && (withMaterial == 0) == (other.withMaterial == 0)
    }
}

extension Authority {
    /// The authority after an operator's request. Pure: decides, writes nothing.
    ///
    /// - Parameter request: one whose effect is `authority`.
    func changed(
        by request: OperatorJob.Request,
        in context: ChangeContext
    ) throws(OperationFailure) -> AuthorityChange {
        switch request {
        case .instance(let request): try changed(by: request, in: context)
        case .authorization(let request): try changed(by: request, in: context)
        case .registeredOperator(let request): try changed(by: request, in: context)
        case .identity(let request): try changed(by: request, in: context)
        default: try changed(by: request, at: context.now)
        }
    }

    /// The instance of that name, of this partition.
    func requireInstance(
        named name: String,
        in partition: PartitionName
    ) throws(OperationFailure) -> Instance {
        let instance = try requireInstance(named: name)
        guard instance.partition == partition else { throw OperationFailure(.itemNotFound) }
        return instance
    }

    /// The root key of this partition with that identifier, or with that name if no other has it.
    func requireRootKey(_ text: String, in partition: PartitionName) throws(OperationFailure) -> RootKey {
        let present = rootKeys.filter { $0.partition == partition }
        if let rootKey = present.first(where: { $0.identifier.text == text }) { return rootKey }
        let named = present.filter { $0.name == text }
        guard named.count == 1 else { throw OperationFailure(.itemNotFound) }
        return named[0]
    }
}
