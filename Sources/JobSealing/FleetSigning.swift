import Cryptography
import Foundation
import JobMessages
package import KeyModel
import SwiftProtobuf

private let fleetContext = "keyferry fleet v1"

/// Signs what a service says on the fleet exchange, and counts it.
package struct FleetSigner: Sendable {
    private let credential: ServiceCredential
    private let name: String
    /// 16 random bytes, new at every start.
    package let bootID: [UInt8]
    private var sequence: UInt64 = 0

    package init(credential: ServiceCredential, name: String) throws(SealingError) {
        self.credential = credential
        self.name = name
        self.bootID = try sealing { () throws(CryptographyError) in try RandomBytes.generate(count: 16) }
    }

    /// A worker's heartbeat.
    package mutating func sign(_ heartbeat: WorkerVitals, time: Int64) throws(SealingError) -> [UInt8] {
        try sign(time: time) { content in
            content.worker = .with {
                $0.health = UInt32(heartbeat.health.rawValue)
                $0.authorityGeneration = heartbeat.authorityGeneration
                $0.ticketKeyCertificate = Data(heartbeat.ticketKeyCertificate)
                $0.hsmSessions = UInt32(clamping: heartbeat.hsmSessions)
                $0.jobsDone = heartbeat.jobsDone
                $0.newestVersion = MessageHeader.version
            }
        }
    }

    /// A front's heartbeat.
    package mutating func sign(
        role: ServiceRole,
        openConnections: Int,
        jobsInFlight: Int,
        endpoint: FrontEndpoint? = nil,
        time: Int64
    ) throws(SealingError) -> [UInt8] {
        try sign(time: time) { content in
            content.front = .with {
                $0.role = role.rawValue
                $0.openConnections = UInt32(clamping: openConnections)
                $0.jobsInFlight = UInt32(clamping: jobsInFlight)
                $0.endpoint = endpoint?.address ?? ""
                $0.serverCertificate = Data(endpoint?.certificate ?? [])
            }
        }
    }

    /// A worker's notice of a change.
    package mutating func sign(
        _ subject: ChangeNotice.Subject,
        authorityGeneration: UInt64,
        time: Int64
    ) throws(SealingError) -> [UInt8] {
        try sign(time: time) { content in
            content.change = .with {
                $0.authorityGeneration = authorityGeneration
                switch subject {
                case .certificate(let fingerprint): $0.certificate = Data(fingerprint.bytes)
                case .instance(let identifier): $0.instance = identifier.text
                case .rootKey(let identifier): $0.rootKey = identifier.text
                case .identity(let fingerprint): $0.identity = Data(fingerprint.bytes)
                }
            }
        }
    }

    private mutating func sign(time: Int64, fill: (inout WireFleetContent) -> Void) throws(SealingError) -> [UInt8] {
        sequence += 1
        var content = WireFleetContent()
        content.context = fleetContext
        content.bootID = Data(bootID)
        content.sequence = sequence
        content.time = time
        content.partition = credential.trust.partition.text
        content.name = name
        fill(&content)
        let bytes = content.encoded()
        let signature = try sealing { () throws(CryptographyError) in try credential.key.sign(bytes) }
        return WireFleetMessage.with {
            $0.content = Data(bytes)
            $0.signature = Data(signature)
            $0.certificate = Data(credential.certificate.der)
        }.encoded()
    }
}

/// What a worker knows of itself when it is time for a heartbeat.
package struct WorkerVitals: Sendable {
    package let health: Heartbeat.Health
    package let authorityGeneration: UInt64
    package let ticketKeyCertificate: [UInt8]
    package let hsmSessions: Int
    package let jobsDone: UInt64

    package init(
        health: Heartbeat.Health,
        authorityGeneration: UInt64,
        ticketKeyCertificate: [UInt8],
        hsmSessions: Int,
        jobsDone: UInt64
    ) {
        self.health = health
        self.authorityGeneration = authorityGeneration
        self.ticketKeyCertificate = ticketKeyCertificate
        self.hsmSessions = hsmSessions
        self.jobsDone = jobsDone
    }
}

/// A fleet message that was believed.
package enum FleetWord: Hashable, Sendable {
    case heartbeat(Heartbeat)
    case front(FrontHeartbeat)
    case change(ChangeNotice)
}

/// Believes fleet messages, or not: signature, chain, role, and that none is older than one heard before, or of another
/// time than about now.
package struct FleetVerifier {
    /// A message may be this old, in milliseconds; what the clocks differ counts in. Without a bound, whoever carries
    /// the messages could keep a worker's back and let it seem well long after its end.
    package static let oldest: Int64 = 30_000
    /// How far its time may be ahead of this process's clock, in milliseconds. A sender whose clock was ahead, and that
    /// starts again with the right time, is not believed for as long, at most.
    package static let furthestAhead = TicketLifetime.clockAllowance

    /// A sender whose clock, or ours, is wrong.
    package struct ClockAhead: Hashable, Sendable {
        /// As the sender says, at most 128 bytes.
        package let name: String
        package let fingerprint: CertificateFingerprint
        package let milliseconds: Int64
    }

    private struct Heard {
        var bootID: [UInt8]
        var sequence: UInt64
        var time: Int64
    }

    private let trust: ServiceTrust
    private var senders: [CertificateFingerprint: [String: Heard]] = [:]

    /// Of the last message, if it was refused, as `replayed`, because its time is too far ahead: who signed it.
    package private(set) var clockAhead: ClockAhead?

    package init(trust: ServiceTrust) {
        self.trust = trust
    }

    /// - Parameter now: milliseconds since 1970 by this process's clock.
    /// - Returns: the message, and whether messages of this sender are missing before it.
    package mutating func verify(
        _ bytes: [UInt8],
        now: Int64
    ) throws(SealingError) -> (word: FleetWord, sender: VerifiedService, followsGap: Bool) {
        clockAhead = nil
        let message = try decoding { () throws(JobMessageError) in try WireFleetMessage.decoded(bytes) }
        let contentBytes = [UInt8](message.content)
        let content = try decoding { () throws(JobMessageError) in try WireFleetContent.decoded(contentBytes) }
        guard content.context == fleetContext, content.bootID.count == 16, content.name.utf8.count <= 128 else {
            throw SealingError(.malformed)
        }
        guard content.partition == trust.partition.text else { throw SealingError(.wrongPartition) }
        let (certificate, sender) = try trust.identity(ofDER: [UInt8](message.certificate), now: now)
        guard certificate.publicKey.verify(signature: [UInt8](message.signature), of: contentBytes) else {
            throw SealingError(.signatureInvalid)
        }
        let word = try content.model(partition: trust.partition, sender: sender)
        let followsGap = try note(content, from: sender, now: now)
        return (word, sender, followsGap)
    }

    /// Several workers may share one identity: each is told apart by its name.
    private mutating func note(
        _ content: WireFleetContent,
        from sender: VerifiedService,
        now: Int64
    ) throws(SealingError) -> Bool {
        let bootID = [UInt8](content.bootID)
        let heard = Heard(bootID: bootID, sequence: content.sequence, time: content.time)
        guard content.time > now.shifted(by: -Self.oldest) else { throw SealingError(.replayed) }
        guard content.time <= now.shifted(by: Self.furthestAhead) else {
            clockAhead = ClockAhead(
                name: content.name,
                fingerprint: sender.fingerprint,
                // It is later than now, and now is not before 1970.
                milliseconds: content.time.shifted(by: -max(now, 0))
            )
            throw SealingError(.replayed)
        }
        let last = senders[sender.fingerprint]?[content.name]
        switch last {
        case nil: break
        case .some(let last) where last.bootID == bootID:
            guard content.sequence > last.sequence else { throw SealingError(.replayed) }
        case .some(let last):
            guard content.time > last.time else { throw SealingError(.replayed) }
        }
        senders[sender.fingerprint, default: [:]][content.name] = heard
        guard let last, last.bootID == bootID else { return last != nil }
        return content.sequence != last.sequence + 1
    }
}

extension WireFleetContent {
    fileprivate func model(partition: PartitionName, sender: VerifiedService) throws(SealingError) -> FleetWord {
        switch kind {
        case .worker(let vitals):
            guard sender.role == .worker else { throw SealingError(.roleNotAllowed) }
            guard let health = Heartbeat.Health(rawValue: Int(vitals.health)) else { throw SealingError(.malformed) }
            return .heartbeat(
                Heartbeat(
                    bootID: [UInt8](bootID),
                    sequence: sequence,
                    time: time,
                    partition: partition,
                    workerName: name,
                    health: health,
                    authorityGeneration: vitals.authorityGeneration,
                    ticketKeyCertificate: [UInt8](vitals.ticketKeyCertificate),
                    hsmSessions: Int(vitals.hsmSessions),
                    jobsDone: vitals.jobsDone
                )
            )
        case .front(let front):
            guard sender.role == .gateway || sender.role == .admin, front.role == sender.role.rawValue else {
                throw SealingError(.roleNotAllowed)
            }
            guard front.endpoint.utf8.count <= FrontEndpoint.longestAddress,
                front.serverCertificate.count <= FrontEndpoint.longestCertificate
            else { throw SealingError(.malformed) }
            return .front(
                KeyModel.FrontHeartbeat(
                    bootID: [UInt8](bootID),
                    sequence: sequence,
                    time: time,
                    name: name,
                    role: sender.role,
                    openConnections: Int(front.openConnections),
                    jobsInFlight: Int(front.jobsInFlight),
                    endpoint: front.serverCertificate.isEmpty
                        ? nil
                        : FrontEndpoint(
                            address: front.endpoint.isEmpty ? nil : front.endpoint,
                            certificate: [UInt8](front.serverCertificate)
                        )
                )
            )
        case .change(let change):
            guard sender.role == .worker else { throw SealingError(.roleNotAllowed) }
            return .change(
                KeyModel.ChangeNotice(
                    bootID: [UInt8](bootID),
                    sequence: sequence,
                    time: time,
                    partition: partition,
                    authorityGeneration: change.authorityGeneration,
                    subject: try change.model()
                )
            )
        case nil: throw SealingError(.malformed)
        }
    }
}

extension WireChangeNotice {
    fileprivate func model() throws(SealingError) -> KeyModel.ChangeNotice.Subject {
        switch subject {
        case .certificate(let bytes): return .certificate(try fingerprint([UInt8](bytes)))
        case .instance(let text): return .instance(InstanceIdentifier(text))
        case .rootKey(let text): return .rootKey(RootKeyIdentifier(text))
        case .identity(let bytes): return .identity(try fingerprint([UInt8](bytes)))
        case nil: throw SealingError(.malformed)
        }
    }

    private func fingerprint(_ bytes: [UInt8]) throws(SealingError) -> CertificateFingerprint {
        guard let fingerprint = CertificateFingerprint(bytes) else { throw SealingError(.malformed) }
        return fingerprint
    }
}
