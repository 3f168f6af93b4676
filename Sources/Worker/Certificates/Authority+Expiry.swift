import KeyModel

extension Authority {
    /// The certificates in force that end within thirty days or have ended, of this partition's clients, of services and of
    /// operators: the first to end first, and no more than `limit`. What was replaced or renewed is left out.
    func expiringCertificates(in partition: PartitionName, at now: Timestamp, limit: Int) -> [ExpiringCertificate] {
        let horizon = now.advanced(bySeconds: ExpiringCertificate.warningSeconds)
        let names = Dictionary(
            instances.filter { $0.partition == partition }.map { ($0.identifier, $0.name) },
            uniquingKeysWith: { first, _ in first }
        )
        let clients = certificates.filter { $0.validUntil == nil }.compactMap { certificate in
            names[certificate.instance].map { instance in
                ExpiringCertificate(kind: .client, name: "\(instance)/\(certificate.name)", end: certificate.notAfter)
            }
        }
        let identities = services.filter { $0.status == .inForce && $0.role != .ticket }.map {
            ExpiringCertificate(kind: .identity, name: $0.name, end: $0.notAfter)
        }
        let people = operators.filter { $0.status == .inForce }.map {
            ExpiringCertificate(kind: .operator, name: $0.name, end: $0.notAfter)
        }
        // A renewal leaves the certificate before it in force until its end.
        let newest = Dictionary(grouping: clients + identities + people) { "\($0.kind) \($0.name)" }.values
            .compactMap { same in same.max { $0.end < $1.end } }
        let due = newest.filter { $0.end <= horizon }.sorted { ($0.end, $0.name) < ($1.end, $1.name) }
        return Array(due.prefix(limit))
    }
}
