import AuthorityKeeping
import Cryptography
import HSM
import JobSealing
import KeyModel
import KeyStorage
import KeyStorageSQLite
import PipelineFixtures
import TestServices
import Testing

@testable import Worker

/// What an installation has, on a SoftHSM2 token and a SQLite file of the test's own: keys in the token, an authority
/// in the store, two instances with a client each, a gateway, an admin front and three operators.
final class TestSite {
    static let partitionName = "p1"

    let settings: HSMSettings
    let pinPath: String
    let recordMACKey: TokenKeyIdentifier
    let hsm: HSMSession
    let databasePath: String
    let recordKey: SecretBox
    let services: ServicesAuthority
    let gateway: TestFront
    let admin: TestFront
    let clock = TestClock()
    let log = LogText()
    let one: TestClient
    let other: TestClient
    let manager: CertificateFingerprint
    let viewer: CertificateFingerprint
    let keyOwner: CertificateFingerprint
    let worker: TestWorker

    init(_ token: SoftHSMToken, _ change: (inout HSMSettings) -> Void = { _ in }) throws {
        var settings = HSMSettings(
            location: TokenLocation(
                modulePath: SoftHSMToken.modulePath,
                selector: .label(token.label),
                softHSMConfiguration: token.configurationPath
            ),
            guardDirectory: token.guardDirectory
        )
        change(&settings)
        self.settings = settings
        pinPath = token.pinPath
        let pin = try SecretBytes(contentsOfFile: pinPath)
        hsm = try HSMSession(settings: settings, pin: pin, logger: log.logger)
        databasePath = token.folder.file("store.sqlite")
        services = try ServicesAuthority(partition: Self.partitionName)
        recordMACKey = try hsm.createKey(.recordMACKey, label: "keyferry-record-mac")
        recordKey = SecretBox(try hsm.deriveRecordKey(recordMACKey, context: Array("keyferry record key v1".utf8)))
        let ticketKey = try hsm.createKey(.ticketKey, label: "keyferry-ticket")
        let ticketCertificate = try services.certificate(
            "ticket",
            for: try hsm.publicKey(of: TokenKey(.ticketKey, ticketKey))
        )
        gateway = try TestFront(.gateway, services: services, ticketKey: ticketCertificate.der)
        admin = try TestFront(.admin, services: services, ticketKey: ticketCertificate.der)
        one = try TestClient("one", services: services)
        other = try TestClient("other", services: services)
        manager = try #require(CertificateFingerprint([UInt8](repeating: 0xAA, count: 32)))
        viewer = try #require(CertificateFingerprint([UInt8](repeating: 0xBB, count: 32)))
        keyOwner = try #require(CertificateFingerprint([UInt8](repeating: 0xCC, count: 32)))

        let plan = AuthorityPlan(
            partition: services.partition,
            clients: [one, other],
            root: try hsm.createRootKeyVersion(label: "keyferry-root-test-v1"),
            ticketKey: (ticketKey, ticketCertificate),
            services: [(gateway.credential, .gateway), (admin.credential, .admin)],
            operators: [(manager, .kmipManager), (viewer, .viewer), (keyOwner, .keyOwner)]
        )
        let store = try KeyStore(engine: try SQLiteEngine(path: databasePath), recordKey: try RecordKey(recordKey))
        let first = try store.write { try $0.changeAuthority(from: Authority(generation: 0), to: plan.authority) }
        try hsm.createAnchor(AuthorityAnchor(generation: first.generation, content: []))
        worker = try TestWorker(
            store: store,
            hsm: hsm,
            credential: services.credential(.worker),
            operatorsTrust: try OperatorsTrust([services.authorityCertificate]),
            clock: clock,
            log: log
        )
    }

    /// One more worker on the same file and the same session, which one thread uses in turn.
    func anotherWorker(_ options: SQLiteEngine.Options = .init()) throws -> TestWorker {
        try TestWorker(
            store: try openStore(options),
            hsm: hsm,
            credential: services.credential(.worker),
            operatorsTrust: try OperatorsTrust([services.authorityCertificate]),
            clock: clock,
            log: log
        )
    }

    func openStore(_ options: SQLiteEngine.Options = .init()) throws -> KeyStore {
        let engine = try SQLiteEngine(path: databasePath, options: options)
        return try KeyStore(engine: engine, recordKey: try RecordKey(recordKey))
    }

    /// Somebody who can write to the database, and has no record key.
    func tamper(_ statement: String, _ parameters: [StoreValue] = []) throws {
        let engine = try SQLiteEngine(path: databasePath)
        try engine.write { _ = try $0.execute(statement, parameters) }
    }

    func rows(_ query: String, _ parameters: [StoreValue] = []) throws -> [[StoreValue]] {
        let engine = try SQLiteEngine(path: databasePath)
        return try engine.read { try $0.rows(query, parameters) }
    }

    func count(_ table: String) throws -> Int {
        guard case .integer(let count)? = try rows("SELECT COUNT(*) FROM \(table)").first?.first else { return -1 }
        return Int(count)
    }

    func changeAuthority(_ change: (inout Authority) -> Void) throws {
        var next = worker.processor.keeper.authority
        change(&next)
        try worker.processor.keeper.change(to: next) { _ in }
    }
}
