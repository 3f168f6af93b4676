import AdminClient
import AdminResources
import Cryptography
import Foundation
import PipelineSite

/// An operator at work all the while: registers client certificates, and removes every other one again.
///
/// What the admin front has acknowledged must hold, through any worker, whatever dies in between.
actor OperatorLoad {
    /// So many seconds an operator's command waits for its answer: less than the command line does, for a front that stands
    /// still is to be given up before it goes on.
    static let patience = 8

    private let site: PipelineSite
    private let recorder: Recorder
    /// By name, the fingerprint.
    private var registered: [String: String] = [:]
    private var removed: Set<String> = []
    /// Of these it is not known whether the last change was made.
    private var unclear: Set<String> = []
    private(set) var acknowledged = 0

    init(site: PipelineSite, recorder: Recorder) {
        self.site = site
        self.recorder = recorder
    }

    func run(instance: String) async {
        var number = 0
        while !recorder.isOver {
            number += 1
            await register("operator-\(number)", with: instance)
            if number.isMultiple(of: 2) { await remove("operator-\(number)", from: instance) }
            try? await Task.sleep(for: .milliseconds(200))
        }
    }

    private func register(_ name: String, with instance: String) async {
        guard let client = try? SiteClient.make(name), let admin = try? makeAdmin() else { return }
        let added = try? await admin.addCertificate(NewCertificate(name: name, pem: client.pem), to: instance)
        guard let added else {
            unclear.insert(name)
            return
        }
        registered[name] = added.fingerprint
        acknowledged += 1
    }

    private func remove(_ name: String, from instance: String) async {
        guard registered[name] != nil, let admin = try? makeAdmin() else { return }
        let answer = try? await admin.removeCertificate(name, from: instance)
        registered[name] = nil
        guard answer != nil else {
            unclear.insert(name)
            return
        }
        removed.insert(name)
        acknowledged += 1
    }

    private func makeAdmin() throws -> AdminRESTClient {
        try AdminRESTClient(
            AdminClientConfiguration(
                endpoint: AdminEndpoint(host: "localhost", port: Int(site.adminPort)),
                authority: certificate("authorities/services.pem"),
                certificate: certificate("operators/first.pem"),
                privateKey: PrivateKey(pemFile: site.home + "/operators/first.key"),
                requestSeconds: Self.patience
            )
        )
    }

    private func certificate(_ path: String) throws -> Certificate {
        try Certificate(pem: String(contentsOfFile: site.home + "/" + path, encoding: .utf8))
    }

    /// - Returns: what was acknowledged and does not hold.
    func broken(at instance: String) async throws -> [String] {
        let present = try await site.adminClient().certificates(of: instance)
        let byName = Dictionary(grouping: present, by: \.name)
        var broken: [String] = []
        for (name, fingerprint) in registered where byName[name]?.map(\.fingerprint) != [fingerprint] {
            broken.append("the certificate \(name) was registered, and is not there")
        }
        for name in removed where byName[name] != nil {
            broken.append("the certificate \(name) was removed, and is there")
        }
        return broken
    }
}
