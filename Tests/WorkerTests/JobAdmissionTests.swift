import Cryptography
import JobSealing
import KeyModel
import PipelineFixtures
import Testing

@testable import HSM
@testable import Worker

/// Who may have what done, by role, status, class and time. Jobs are sealed and opened for real, without an HSM.
struct JobAdmissionTests {
    private static let now = ServicesAuthority.now

    private let services: ServicesAuthority
    private let gateway: ServiceCredential
    private let admin: ServiceCredential
    private let ticketKey: Certificate
    private let opener: SoftwareTicketOpener<TransportKeyReference>
    private let client: CertificateFingerprint

    init() throws {
        services = try ServicesAuthority()
        gateway = try services.credential(.gateway)
        admin = try services.credential(.admin)
        let key = try PrivateKey.generate(.rsa2048)
        ticketKey = try services.certificate("ticket", for: key.publicKey)
        opener = try SoftwareTicketOpener(key: key, certificate: ticketKey) {
            TransportKeyReference(number: UInt64($0))
        }
        client = try #require(CertificateFingerprint([UInt8](repeating: 1, count: 32)))
    }

    private func authority(_ change: (ServiceIdentity) -> ServiceIdentity? = { $0 }) -> Authority {
        var authority = Authority(generation: 1)
        authority.services = [(gateway, ServiceRole.gateway), (admin, .admin)].compactMap { credential, role in
            change(
                ServiceIdentity(
                    fingerprint: credential.fingerprint,
                    name: role.rawValue,
                    role: role,
                    status: .inForce,
                    notAfter: Timestamp(secondsSince1970: Self.now / 1_000)
                )
            )
        }
        return authority
    }

    /// Why a job is refused; nil where it is not.
    private func refusal(
        _ content: Job.Content,
        from sender: ServiceCredential,
        as jobClass: JobClass = .interactive,
        deadline: Int64 = now,
        authority: Authority? = nil
    ) throws -> OperationFailure.Code? {
        let ticket = try sender.makeTicket(
            ticketKey: ticketKey.der,
            carriesTransportKey: sender === gateway,
            now: Self.now
        )
        let header = MessageHeader(
            partition: services.partition,
            jobClass: jobClass,
            messageID: [UInt8](repeating: 1, count: 16),
            deadline: deadline
        )
        let job = Job(requestID: "r", clientAddress: "a", content: content)
        let unopened = try UnopenedJob(try ticket.seal(job, header: header).bytes)
        var cache = TicketCache<SoftwareTicketOpener<TransportKeyReference>>(trust: services.trust)
        let opened = try unopened.open(with: try cache.ticket(unopened.ticket, now: Self.now, opener: opener))
        let admission = JobAdmission(
            partition: services.partition,
            authority: authority ?? self.authority(),
            now: Self.now
        )
        do {
            try admission.check(opened, try opened.job())
            return nil
        } catch let failure as OperationFailure {
            return failure.code
        }
    }

    private var kmip: Job.Content {
        .kmip(KMIPJob(client: client, continuesAfterFailure: false, operations: []))
    }
    private var identify: Job.Content { .identifyClient(client) }
    private var operators: Job.Content { .operator(OperatorJob(requester: client, request: .instance(.list))) }

    @Test(arguments: JobClass.allCases)
    func aRoleSendsItsKindInItsClass(_ jobClass: JobClass) throws {
        let isInteractive = jobClass == .interactive
        let cases: [(ServiceCredential, Job.Content, Bool)] = [
            (gateway, kmip, isInteractive), (gateway, identify, isInteractive), (gateway, operators, false),
            (admin, kmip, false), (admin, identify, false), (admin, operators, jobClass == .operator),
        ]
        for (sender, content, isAllowed) in cases {
            let expected: OperationFailure.Code? = isAllowed ? nil : .senderNotAuthorized
            #expect(try refusal(content, from: sender, as: jobClass) == expected)
        }
    }

    @Test func anIdentityMustBeInForceAndOfItsRole() throws {
        func altered(
            _ role: ServiceRole? = nil,
            _ status: ServiceIdentity.Status = .inForce,
            laterBy seconds: Int64 = 0
        ) -> Authority {
            authority { service in
                ServiceIdentity(
                    fingerprint: service.fingerprint,
                    name: service.name,
                    role: role ?? service.role,
                    status: status,
                    notAfter: service.notAfter.advanced(bySeconds: seconds)
                )
            }
        }
        #expect(try refusal(kmip, from: gateway, authority: altered()) == nil)
        let refused = [
            altered(nil, .revoked), altered(.admin), altered(nil, .inForce, laterBy: -1), authority { _ in nil },
        ]
        for authority in refused {
            #expect(try refusal(kmip, from: gateway, authority: authority) == .senderNotAuthorized)
        }
    }

    @Test(
        arguments: [
            (-1, .deadlinePassed), (0, nil), (30_000, nil), (65_000, nil), (65_001, .invalidField),
        ] as [(Int64, OperationFailure.Code?)]
    )
    func aDeadlineIsAMinuteAheadAtMost(_ ahead: Int64, _ expected: OperationFailure.Code?) throws {
        #expect(try refusal(kmip, from: gateway, deadline: Self.now + ahead) == expected)
    }

    @Test func anotherPartitionsJobIsNotOpened() throws {
        let other = try #require(PartitionName("p2"))
        let admission = JobAdmission(partition: services.partition, authority: authority(), now: Self.now)
        let header = MessageHeader(partition: other, jobClass: .interactive, messageID: [], deadline: Self.now)
        #expect(throws: SealingError(.wrongPartition)) { try admission.check(header) }
    }
}
