/// How long fields of a request may be, in characters: `maxLength` in openapi.yaml.
package enum ResourceLimits {
    /// One certificate in PEM.
    package static let pem = 16_384
    /// What an operator has signed.
    package static let statement = 16_384
    package static let signature = 1_024
    /// A wrapped root key in base64.
    package static let wrappedKey = 4_096
}
