/// `operator.yaml`: how the command line reaches the admin front, and as whom.
package struct OperatorSettings: ConfigurationSettings, Equatable {
    package var server: NetworkAddress
    /// The CA of the admin front's certificate.
    package var serverAuthorityFile: String
    package var certificateFile: String
    /// PEM, mode 0600.
    package var keyFile: String
    package var timeout: Duration

    package init(from reader: ConfigurationReader) throws(ConfigurationError) {
        let address = try reader.text("server")
        guard let server = NetworkAddress(address) else {
            throw reader.refusal("server", "\(address) is not host:port, as in keys.example.com:9443")
        }
        self.server = server
        serverAuthorityFile = try reader.path("serverAuthorityFile")
        certificateFile = try reader.path("certificateFile")
        keyFile = try reader.path("keyFile")
        timeout = try reader.seconds("timeoutSeconds", in: 1...300, default: 15)
    }
}
