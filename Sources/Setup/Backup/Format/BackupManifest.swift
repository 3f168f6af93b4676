import Foundation
import KeyModel

/// What a backup says about itself in clear: what it is a backup of, and what it is worthless without.
///
/// It has exactly one encoding: JSON with sorted members and no white space.
package struct BackupManifest: Codable, Hashable, Sendable {
    package struct RootKey: Codable, Hashable, Sendable {
        package struct Version: Codable, Hashable, Sendable {
            package let version: Int
            package let status: String
            /// CKA_ID of the key in the token, hexadecimal.
            package let keyID: String
        }

        package let identifier: String
        package let name: String
        package let versions: [Version]
    }

    static let maximumByteCount = 1 << 20

    /// Seconds since 1970.
    package let created: Int64
    /// Of the authority: the anchored one.
    package let generation: UInt64
    package let partition: String
    /// CKA_ID of the key that authenticates the store's records, hexadecimal.
    package let recordMACKey: String
    package let rootKeys: [RootKey]
    /// The folder of token and store, where they are not in the installation's own.
    package let state: String?
    package let tokenSerial: String

    init(
        _ authority: Authority,
        partition: String,
        recordMACKey: [UInt8],
        state: String?,
        tokenSerial: String,
        created: Int64
    ) {
        self.created = created
        generation = authority.anchoredGeneration
        self.partition = partition
        self.recordMACKey = Hexadecimal.encode(recordMACKey)
        rootKeys = authority.rootKeys.map { key in
            let versions = authority.rootKeyVersions
                .filter { $0.rootKey == key.identifier && $0.isLive }
                .sorted { $0.version < $1.version }
            return RootKey(
                identifier: Self.presentable(key.identifier.text),
                name: Self.presentable(key.name),
                versions: versions.map {
                    .init(
                        version: $0.version,
                        status: $0.status.rawValue,
                        keyID: Hexadecimal.encode($0.tokenKeyID)
                    )
                }
            )
        }
        self.state = state
        self.tokenSerial = Self.presentable(tokenSerial)
    }

    /// - Throws: `backupDamaged` for anything but its one encoding, or texts that don't belong on a terminal.
    init(decoding bytes: [UInt8]) throws(SetupError) {
        guard let decoded = try? JSONDecoder().decode(BackupManifest.self, from: Data(bytes)),
            let encoded = try? decoded.encoded(), encoded == bytes, decoded.texts.allSatisfy(Self.isPresentable)
        else { throw SetupError(.backupDamaged, "the backup's manifest cannot be read") }
        self = decoded
    }

    func encoded() throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return Array(try encoder.encode(self))
    }

    /// For the person at the terminal.
    package var lines: [String] {
        var lines = [
            "made \(Date(timeIntervalSince1970: Double(created)).formatted(.iso8601)), partition \(partition), "
                + "authority generation \(generation)",
            "worthless without token \(tokenSerial), with record MAC key \(recordMACKey)",
        ]
        for key in rootKeys {
            for version in key.versions {
                lines.append(
                    "needs root key \(key.identifier) (\(key.name)) version \(version.version), \(version.status), "
                        + "CKA_ID \(version.keyID)"
                )
            }
        }
        if let state { lines.append("token and store were in \(state)") }
        return lines
    }

    private var texts: [String] {
        [partition, recordMACKey, state ?? "", tokenSerial]
            + rootKeys.flatMap { key in
                [key.identifier, key.name] + key.versions.flatMap { [$0.status, $0.keyID] }
            }
    }

    private static func isPresentable(_ text: String) -> Bool {
        text.unicodeScalars.allSatisfy(isPresentable)
    }

    private static func isPresentable(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned: false
        default: true
        }
    }

    private static func presentable(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.map { isPresentable($0) ? $0 : "?" }))
    }
}
