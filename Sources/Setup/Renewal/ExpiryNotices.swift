import Cryptography
import Foundation

extension InstallationFolder {
    /// Certificates that expire within so many days are mentioned.
    private static let noticeDays: Int64 = 30
    /// Of a CA's: what it issues is good for a year, and from then on for less.
    private static let authorityNoticeDays: Int64 = 400

    /// What expires soon, and the command that renews it, for the person at the terminal.
    func expiryNotices(now: Int64) throws(SetupError) -> [String] {
        var notices: [String] = []
        for target in RenewalTarget.allCases {
            guard let name = target.credential else { continue }
            let files = credential(name)
            // A CA may be elsewhere altogether.
            if target.isAuthority, !FileManager.default.fileExists(atPath: files.certificateFile) { continue }
            let left = (try files.certificate().notAfter - now) / 86_400
            guard left < (target.isAuthority ? Self.authorityNoticeDays : Self.noticeDays) else { continue }
            let subject = target.isAuthority ? ", a CA whose certificates are valid no longer than it," : ""
            let when = left < 0 ? "has expired" : "expires in \(left) days"
            let command = "keyferry-setup renew --home \(path) \(target.rawValue)"
            notices.append("\(name.rawValue).pem\(subject) \(when): \(command)")
        }
        return notices
    }
}
