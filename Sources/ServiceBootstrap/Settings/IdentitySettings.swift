/// Group `identity`: who this process is in the pipeline. Its certificate, from the services CA, names its role and its
/// partitions; with the key it signs tickets or heartbeats.
package struct IdentitySettings: ConfigurationSettings, Equatable {
    package var certificateFile: String
    /// PEM, mode 0600.
    package var keyFile: String
    /// The CA that the certificates of all services come from.
    package var servicesAuthorityFile: String

    package init(certificateFile: String, keyFile: String, servicesAuthorityFile: String) {
        self.certificateFile = certificateFile
        self.keyFile = keyFile
        self.servicesAuthorityFile = servicesAuthorityFile
    }

    package init(from reader: ConfigurationReader) throws(ConfigurationError) {
        certificateFile = try reader.path("certificateFile")
        keyFile = try reader.path("keyFile")
        servicesAuthorityFile = try reader.path("servicesAuthorityFile")
    }
}
