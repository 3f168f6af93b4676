/// Group `tls` of a front: what it shows to its clients.
package struct ServerTLSSettings: ConfigurationSettings, Equatable {
    /// PEM: the server's certificate and, after it, those that link it to its authority.
    package var certificateFile: String
    /// PEM, mode 0600.
    package var keyFile: String

    package init(certificateFile: String, keyFile: String) {
        self.certificateFile = certificateFile
        self.keyFile = keyFile
    }

    package init(from reader: ConfigurationReader) throws(ConfigurationError) {
        certificateFile = try reader.path("certificateFile")
        keyFile = try reader.path("keyFile")
    }
}
