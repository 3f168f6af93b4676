import Cryptography

/// The names and addresses that a server's certificate is for.
enum ServerHosts {
    /// Issues a certificate for them.
    ///
    /// - Throws: `optionInvalid` where one of them can be none, which is found when it is encoded.
    static func issue(
        for hosts: [String],
        _ body: ([SubjectAlternativeName]) throws -> Certificate
    ) throws -> Certificate {
        do {
            return try body(hosts.map { SubjectAlternativeName(host: $0) })
        } catch let error as CryptographyError where error.code == .invalidTemplate {
            let list = hosts.joined(separator: ", ")
            throw SetupError(.optionInvalid, "--host: not all of \(list) are DNS names or addresses")
        }
    }
}
