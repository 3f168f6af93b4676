import Cryptography
package import JobDispatch
package import KeyModel
import Synchronization

/// Answers operators' jobs as a worker would, from a register in memory, so that the routes can be tested without one.
/// It has the roles of operators, two instances and their certificates; what else is asked for has the answer that a test
/// puts in `answers`.
package final class RegisterOfJobs: OperatorJobs {
    package typealias Hook = @Sendable () async -> Void

    package struct Received: Sendable {
        package let request: OperatorJob.Request
        package let requester: CertificateFingerprint
        package let address: String
        package let requestID: String
        package let expectedTag: RecordTag?
    }

    package struct State: Sendable {
        package var roles: [CertificateFingerprint: Set<Operator.Role>] = [:]
        package var certificates: [String: [ClientCertificate]] = ["kmip-ab": [], "kmip-cd": []]
        package var pending: [PendingCertificate] = []
        package var lastSeen: Timestamp?
        package var received: [Received] = []
        /// By the request's name, such as `key.list`.
        package var answers: [String: Result<OperatorAnswer, OperationFailure>] = [:]
        /// Every job fails with it.
        package var failure: DispatchError?
        /// The next jobs fail with these, one each.
        package var nextFailures: [DispatchError] = []
        /// Is run once: when the next job is carried out, and before its answer goes.
        package var onNextAnswer: Hook?
        package var fleet = FleetStatus(workers: [], fronts: [], partitions: [])
    }

    private let state = Mutex(State())

    package init() {}

    package var received: [Received] { state.withLock { $0.received } }

    package func set<Value: Sendable>(_ path: WritableKeyPath<State, Value>, _ value: Value) {
        state.withLock { $0[keyPath: path] = value }
    }

    package func fleetStatus() async -> FleetStatus {
        state.withLock { $0.fleet }
    }

    package func perform(
        _ request: OperatorJob.Request,
        by requester: CertificateFingerprint,
        address: String,
        requestID: String,
        expecting tag: RecordTag?
    ) async throws(DispatchError) -> OperatorAnswer {
        let (result, hook) = state.withLock { state -> (Result<OperatorAnswer, DispatchError>, Hook?) in
            state.received.append(
                Received(
                    request: request,
                    requester: requester,
                    address: address,
                    requestID: requestID,
                    expectedTag: tag
                )
            )
            let hook = state.onNextAnswer
            state.onNextAnswer = nil
            do throws(DispatchError) {
                if !state.nextFailures.isEmpty { throw state.nextFailures.removeFirst() }
                if let failure = state.failure { throw failure }
                return (.success(try Self.answer(request, of: requester, &state)), hook)
            } catch {
                return (.failure(error), hook)
            }
        }
        await hook?()
        return try result.get()
    }

    private static func answer(
        _ request: OperatorJob.Request,
        of requester: CertificateFingerprint,
        _ state: inout State
    ) throws(DispatchError) -> OperatorAnswer {
        let roles = state.roles[requester] ?? []
        // Which role it takes is for the request to say, as it is for workers.
        let isAllowed = request.requiredRole.map(roles.contains) ?? !roles.isEmpty
        try require(isAllowed, else: .operatorNotAuthorized)
        if let answer = state.answers[request.name] {
            do {
                return try answer.get()
            } catch {
                throw DispatchError(refusal: error)
            }
        }
        switch request {
        case .instance(.list):
            return .instance(
                .list(state.certificates.map { instance(named: $0.key, certificateCount: $0.value.count) })
            )
        case .partition(.describe):
            return .partition(Samples.partition)
        case .rootKey, .operation:
            throw DispatchError(refusal: OperationFailure(.itemNotFound))
        case .key:
            throw DispatchError(refusal: OperationFailure(.keyNotFound))
        case .certificate(let request):
            return .certificate(try answer(request, &state))
        default: throw DispatchError(refusal: OperationFailure(.itemNotFound))
        }
    }

    private static func answer(
        _ request: ClientCertificateRequest,
        _ state: inout State
    ) throws(DispatchError) -> ClientCertificateAnswer {
        switch request {
        case .list(let instance):
            return .list(try certificates(of: instance, state).map { describe($0, state) })
        case .show(let instance, let name):
            return .shown(describe(try certificate(name, of: instance, state), state))
        case .add(let instance, let name, let der):
            return .added(try add(name, der, to: instance, &state))
        case .remove(let instance, let name):
            let found = try certificate(name, of: instance, state)
            state.certificates[instance]?.removeAll { $0.name == name }
            return .removed(found.fingerprint)
        case .replace(let instance, let name, let der, let overlapSeconds):
            let old = try certificate(name, of: instance, state)
            try require(old.der != der, else: .certificateUnchanged)
            var next = state
            next.certificates[instance]?.removeAll { $0.name == name }
            let added = try add(name, der, to: instance, &next)
            state = next
            guard overlapSeconds > 0 else {
                return .replaced(ClientCertificateReplacement(certificate: added, previous: nil))
            }
            let end = Timestamp(secondsSince1970: TestAuthority.now + overlapSeconds)
            let previous = old.with(name: name + ".previous", validUntil: end)
            state.certificates[instance, default: []].append(previous)
            return .replaced(ClientCertificateReplacement(certificate: added, previous: previous))
        case .listPending:
            return .pending(state.pending)
        case .admit(let fingerprint, let instance, let name):
            let isThere = state.certificates.values.joined().contains { $0.fingerprint == fingerprint }
            try require(!isThere, else: .alreadyExists)
            guard let pending = state.pending.first(where: { $0.fingerprint == fingerprint }) else {
                throw DispatchError(refusal: OperationFailure(.certificateNotPending))
            }
            return .added(try add(name, pending.der, to: instance, &state))
        }
    }

    private static func add(
        _ name: String,
        _ der: [UInt8],
        to instance: String,
        _ state: inout State
    ) throws(DispatchError) -> ClientCertificate {
        let added = try registered(name: name, der: der)
        let present = try certificates(of: instance, state)
        let all = state.certificates.values.flatMap { $0 }
        let isTaken = present.contains { $0.name == name } || all.contains { $0.fingerprint == added.fingerprint }
        try require(!isTaken, else: .alreadyExists)
        state.certificates[instance] = present + [added]
        return added
    }

    private static func describe(_ certificate: ClientCertificate, _ state: State) -> ClientCertificateDescription {
        ClientCertificateDescription(certificate: certificate, lastSeen: state.lastSeen)
    }

    private static func certificate(
        _ name: String,
        of instance: String,
        _ state: State
    ) throws(DispatchError) -> ClientCertificate {
        guard let found = try certificates(of: instance, state).first(where: { $0.name == name }) else {
            throw DispatchError(refusal: OperationFailure(.itemNotFound))
        }
        return found
    }

    private static func certificates(
        of instance: String,
        _ state: State
    ) throws(DispatchError) -> [ClientCertificate] {
        guard let present = state.certificates[instance] else {
            throw DispatchError(refusal: OperationFailure(.itemNotFound))
        }
        return present
    }

    private static func require(_ condition: Bool, else code: OperationFailure.Code) throws(DispatchError) {
        guard condition else { throw DispatchError(refusal: OperationFailure(code)) }
    }

    private static func instance(named name: String, certificateCount: Int) -> InstanceDescription {
        InstanceDescription(
            instance: Instance(
                identifier: InstanceIdentifier("id-of-\(name)"),
                name: name,
                status: .installed,
                partition: Samples.partition.partition,
                rootKey: RootKeyIdentifier("root-1"),
                created: Timestamp(secondsSince1970: 1_700_000_000)
            ),
            certificateCount: certificateCount,
            objectCounts: [.active: 3, .destroyed: 1]
        )
    }

    private static func registered(name: String, der: [UInt8]) throws(DispatchError) -> ClientCertificate {
        guard let certificate = try? Certificate(der: der),
            let fingerprint = CertificateFingerprint(certificate.fingerprintSHA256),
            certificate.notAfter >= TestAuthority.now, certificate.notBefore <= TestAuthority.now
        else { throw DispatchError(refusal: OperationFailure(.certificateInvalid)) }
        return ClientCertificate(
            fingerprint: fingerprint,
            instance: InstanceIdentifier("id"),
            name: name,
            der: der,
            subject: certificate.subject,
            notBefore: Timestamp(secondsSince1970: certificate.notBefore),
            notAfter: Timestamp(secondsSince1970: certificate.notAfter),
            added: Timestamp(secondsSince1970: TestAuthority.now)
        )
    }
}
