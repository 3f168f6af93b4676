/// `worker.yaml`.
package struct WorkerSettings: ServiceSettings, Equatable {
    /// Group `hsm`: the PKCS #11 module and token.
    package struct HSM: Sendable, Equatable {
        /// How the token is found; a slot's number changes from start to start.
        package enum Token: Sendable, Equatable {
            case label(String)
            case serial(String)
        }

        package var module: String
        package var token: Token
        /// The PIN and nothing else; mode 0600.
        package var pinFile: String
        /// Private, writable, and the same for every process of this machine that uses the token: locks are there, and
        /// copies of what SoftHSM's login rewrites. The PIN file's folder unless it is given.
        package var guardFolder: String
        /// SoftHSM only: its configuration file, as in SOFTHSM2_CONF.
        package var softHSMConfigurationFile: String?
        /// CKA_ID of the record MAC key, 16 bytes: keys of the token are found by it, never by label.
        package var recordMACKey: [UInt8]
        /// CKA_ID of the key that signs checkpoints of the audit trail.
        package var checkpointKey: [UInt8]?
        /// CKA_ID of the key pair that root keys are imported with.
        package var rootKeyImportKey: [UInt8]?
        /// Objects made before the module is finalized and opened again; SoftHSM keeps 248 bytes of each until then.
        package var objectsPerRecycle: Int
    }

    /// Group `store`.
    package struct Store: Sendable, Equatable {
        package var sqliteFile: String
        /// How long a write waits for another worker's.
        package var busy: Duration
    }

    package static let monitoringPort: UInt16 = 9702

    package var process: ProcessSettings
    package var monitoring: MonitoringSettings
    package var partition: String
    package var hsm: HSM
    package var store: Store
    /// The most jobs that share one transaction.
    package var batchJobs: Int
    /// So long are retired versions of root keys kept, for backups that need them.
    package var rootKeyRetentionDays: Int
    /// So long can a root key whose deletion is ordered be restored.
    package var rootKeyDeletionWaitSeconds: Int
    /// PEM: the CAs that operators' certificates come from.
    package var operatorsAuthorityFile: String
    package var broker: BrokerSettings
    package var identity: IdentitySettings

    package init(from reader: ConfigurationReader) throws(ConfigurationError) {
        process = try ProcessSettings(from: reader)
        monitoring = try MonitoringSettings(from: reader.group("monitoring"), defaultPort: Self.monitoringPort)
        partition = try reader.partition("partition")
        hsm = try HSM(from: reader.group("hsm"))
        store = try Store(from: reader.group("store"))
        batchJobs = try reader.group("batch").integer("jobs", in: 1...1024, default: 64)
        let rootKeys = reader.group("rootKeys")
        rootKeyRetentionDays = try rootKeys.integer("retentionDays", in: 0...3650, default: 90)
        rootKeyDeletionWaitSeconds = try rootKeys.integer("deletionWaitSeconds", in: 5...31_536_000, default: 604_800)
        operatorsAuthorityFile = try reader.path("operatorsAuthorityFile")
        broker = try BrokerSettings(from: reader.group("broker"))
        identity = try IdentitySettings(from: reader.group("identity"))
    }
}

extension WorkerSettings.HSM {
    init(from reader: ConfigurationReader) throws(ConfigurationError) {
        module = try reader.path("module")
        switch (try reader.optionalText("tokenLabel"), try reader.optionalText("tokenSerial")) {
        case (.some(let label), nil): token = .label(label)
        case (nil, .some(let serial)): token = .serial(serial)
        default: throw reader.refusal("tokenLabel", "give either tokenLabel or tokenSerial")
        }
        pinFile = try reader.path("pinFile")
        guardFolder = try reader.optionalPath("guardFolder") ?? Self.folder(of: pinFile)
        softHSMConfigurationFile = try reader.optionalPath("softHSMConfigurationFile")
        recordMACKey = try reader.tokenKey("recordMACKey")
        checkpointKey = try reader.optionalTokenKey("checkpointKey")
        rootKeyImportKey = try reader.optionalTokenKey("rootKeyImportKey")
        objectsPerRecycle = try reader.integer("objectsPerRecycle", in: 100...1_000_000, default: 10_000)
    }

    /// - Parameter path: absolute, as every path that a reader has resolved.
    private static func folder(of path: String) -> String {
        let folder = path[..<(path.lastIndex(of: "/") ?? path.endIndex)]
        return folder.isEmpty ? "/" : String(folder)
    }
}

extension WorkerSettings.Store {
    init(from reader: ConfigurationReader) throws(ConfigurationError) {
        sqliteFile = try reader.path("sqliteFile")
        busy = try reader.seconds("busySeconds", in: 1...60, default: 5)
    }
}
