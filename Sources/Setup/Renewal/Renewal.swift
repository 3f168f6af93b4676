import Cryptography
import Foundation
import Glibc
import KeyModel
package import Logging
import ServiceBootstrap

/// `keyferry-setup renew`: replaces certificates before they expire, while the site runs.
///
/// What is replaced stays in force until it expires, so that processes that run with it go on until they are started
/// again; unless it is to be revoked. A CA keeps its key, and everything that it has issued stays as it is.
package struct Renewal {
    private let home: InstallationFolder
    private let logger: Logger
    private let now: Int64

    /// - Parameter now: seconds since 1970.
    package init(_ home: InstallationFolder, logger: Logger, now: Int64) {
        self.home = home
        self.logger = logger
        self.now = now
    }

    package func run(_ request: RenewalRequest) async throws -> [RenewalOutcome] {
        umask(0o077)
        let settings = try await home.workerSettings()
        return try run(request, settings)
    }

    private func run(_ request: RenewalRequest, _ settings: WorkerSettings) throws -> [RenewalOutcome] {
        let lock = try RenewalLock(home)
        defer { lock.release() }
        let installation = try OpenedInstallation(settings, logger: logger)
        defer { installation.close() }
        guard let partition = PartitionName(settings.partition) else {
            throw SetupError(.installationDamaged, "worker.yaml: partition is not a partition's name")
        }
        return try RenewalTarget.allCases.filter { request.targets.contains($0) }.map { target in
            guard let name = target.credential else {
                return try renewTicketKey(request, partition, in: installation)
            }
            let files = home.credential(name)
            if target.isAuthority { return try renewAuthority(target, files, request) }
            try files.finishInterrupted { next in
                target.serviceRole == nil && target != .firstOperator && target != .selfTestClient
                    || installation.authority.lists(next)
            }
            let current = try files.certificate()
            if let outcome = skipped(target, current, request) { return outcome }
            let replacement = CredentialRenewal(
                target: target,
                current: current,
                files: files,
                home: home,
                partition: partition,
                now: now
            )
            return try replacement.run(request, in: installation)
        }
    }

    private func renewAuthority(
        _ target: RenewalTarget,
        _ files: CredentialFiles,
        _ request: RenewalRequest
    ) throws -> RenewalOutcome {
        if let outcome = skipped(target, try files.certificate(), request) { return outcome }
        return try AuthorityRenewal(target: target, files: files, now: now).run()
    }

    private func renewTicketKey(
        _ request: RenewalRequest,
        _ partition: PartitionName,
        in installation: OpenedInstallation
    ) throws -> RenewalOutcome {
        let current = installation.authority.ticketKeys.first { $0.partition == partition && $0.status == .current }
        if let current, let outcome = skipped(.ticket, try Certificate(der: current.certificate), request) {
            return outcome
        }
        let rotation = TicketKeyRotation(
            services: try home.issuer(.servicesAuthority, at: now),
            partition: partition,
            now: now
        )
        let destroyed = try rotation.run(in: installation)
        let line = "a new ticket key is in force; the last one serves until its tickets have expired"
        let older = destroyed == 0 ? [] : ["\(destroyed) retired before that destroyed"]
        return RenewalOutcome(target: .ticket, isRenewed: true, lines: [line] + older)
    }

    private func skipped(
        _ target: RenewalTarget,
        _ certificate: Certificate,
        _ request: RenewalRequest
    ) -> RenewalOutcome? {
        guard let days = request.withinDays, certificate.notAfter > now + Int64(days) * 86_400 else { return nil }
        let left = (certificate.notAfter - now) / 86_400
        return RenewalOutcome(target: target, isRenewed: false, lines: ["still valid for \(left) days; left as it is"])
    }
}

/// One renewal, or backup, at a time.
struct RenewalLock {
    private let descriptor: Int32

    init(_ home: InstallationFolder) throws(SetupError) {
        let path = home.file("authorities")
        descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw SetupError(.installationDamaged, "\(path) cannot be opened: \(String(cString: strerror(errno)))")
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            throw SetupError(.busy, "another renewal, or a backup, is at work in \(home.path); try again")
        }
    }

    func release() {
        close(descriptor)
    }
}

extension Authority {
    /// Whether a certificate confers anything, in force or not.
    func lists(_ certificate: Certificate) -> Bool {
        let fingerprint = certificate.fingerprintSHA256
        return services.contains { $0.fingerprint.bytes == fingerprint }
            || operators.contains { $0.fingerprint.bytes == fingerprint }
            || certificates.contains { $0.fingerprint.bytes == fingerprint }
    }
}
