package import TTLV

/// A version of the protocol (KMIP 1.4, section 6.1).
package struct ProtocolVersion: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let major: Int32
    package let minor: Int32

    package init(major: Int32, minor: Int32) {
        self.major = major
        self.minor = minor
    }

    package static let v10 = Self(major: 1, minor: 0)
    package static let v11 = Self(major: 1, minor: 1)
    package static let v12 = Self(major: 1, minor: 2)
    package static let v13 = Self(major: 1, minor: 3)
    package static let v14 = Self(major: 1, minor: 4)

    /// What this code speaks, highest first: the order in which Discover Versions lists them (section 4.26).
    package static let supported = [v14, v13, v12, v11, v10]

    package var isSupported: Bool {
        Self.supported.contains(self)
    }

    package static func < (left: Self, right: Self) -> Bool {
        (left.major, left.minor) < (right.major, right.minor)
    }

    package var description: String {
        "\(major).\(minor)"
    }
}

extension ProtocolVersion {
    /// The last tag that the version's own table of tags has (section 9.1.3.1 of each version).
    ///
    /// Tags were only ever appended. So this one number per version keeps every field that is newer than a message's
    /// version out of it, in requests that are read as in responses that are written. The few old tags that were put
    /// to use in a new place later are in ``FieldRules``.
    package var newestTag: Tag {
        switch self {
        case ..<Self.v11: Tag(0x4200A1)
        case ..<Self.v12: Tag(0x4200B7)
        case ..<Self.v13: Tag(0x4200D3)
        case ..<Self.v14: Tag(0x4200F7)
        default: Tag(0x420124)
        }
    }
}

extension ProtocolVersion {
    init(from reader: inout ItemReader) throws {
        var fields = try reader.structure(.protocolVersion)
        self = try Self(fields: &fields)
    }

    static func readIfPresent(_ reader: inout ItemReader) throws -> Self? {
        guard var fields = try reader.structureIfPresent(.protocolVersion) else { return nil }
        return try Self(fields: &fields)
    }

    private init(fields: inout ItemReader) throws {
        major = try fields.integer(.protocolVersionMajor)
        minor = try fields.integer(.protocolVersionMinor)
        try fields.finish()
    }

    func encode(into writer: inout ItemWriter) {
        writer.structure(.protocolVersion) { writer in
            writer.integer(.protocolVersionMajor, major)
            writer.integer(.protocolVersionMinor, minor)
        }
    }
}
