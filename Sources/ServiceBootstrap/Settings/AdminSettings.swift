/// `admin.yaml`.
package struct AdminSettings: ServiceSettings, Equatable {
    package static let monitoringPort: UInt16 = 9703

    package var process: ProcessSettings
    package var monitoring: MonitoringSettings
    /// The partition whose workers do this front's jobs.
    package var partition: String
    package var listen: NetworkAddress
    package var tls: ServerTLSSettings
    /// The CA that operators' certificates come from. A client without one of them is not let in.
    package var operatorsAuthorityFile: String
    package var broker: BrokerSettings
    package var identity: IdentitySettings

    package init(from reader: ConfigurationReader) throws(ConfigurationError) {
        process = try ProcessSettings(from: reader)
        monitoring = try MonitoringSettings(from: reader.group("monitoring"), defaultPort: Self.monitoringPort)
        partition = try reader.partition("partition")
        listen = try NetworkAddress(from: reader.group("listen"), defaultHost: "127.0.0.1", defaultPort: 9443)
        tls = try ServerTLSSettings(from: reader.group("tls"))
        operatorsAuthorityFile = try reader.path("operatorsAuthorityFile")
        broker = try BrokerSettings(from: reader.group("broker"))
        identity = try IdentitySettings(from: reader.group("identity"))
    }
}
