import TTLV

/// Discover Versions, request (KMIP 1.1 and later; 1.4, section 4.26).
package struct DiscoverVersionsRequest: Sendable {
    /// What the client speaks, the preferred one first; empty: it asks for all that the server speaks.
    package var versions: [ProtocolVersion]

    package init(versions: [ProtocolVersion] = []) {
        self.versions = versions
    }
}

extension DiscoverVersionsRequest: Payload {
    init(from reader: inout ItemReader, _: DecodingContext) throws {
        versions = []
        while let version = try ProtocolVersion.readIfPresent(&reader) { versions.append(version) }
    }

    func encode(into writer: inout ItemWriter, _: ProtocolVersion) {
        for version in versions { version.encode(into: &writer) }
    }
}

/// Discover Versions, response.
package struct DiscoverVersionsResponse: Sendable {
    /// What both speak, highest first; empty if nothing.
    package var versions: [ProtocolVersion]

    package init(versions: [ProtocolVersion]) {
        self.versions = versions
    }

    /// The answer of a server that speaks `supported`.
    package init(to request: DiscoverVersionsRequest, supported: [ProtocolVersion] = ProtocolVersion.supported) {
        versions = request.versions.isEmpty ? supported : supported.filter(request.versions.contains)
    }
}

extension DiscoverVersionsResponse: Payload {
    init(from reader: inout ItemReader, _: DecodingContext) throws {
        versions = []
        while let version = try ProtocolVersion.readIfPresent(&reader) { versions.append(version) }
    }

    func encode(into writer: inout ItemWriter, _: ProtocolVersion) {
        for version in versions { version.encode(into: &writer) }
    }
}
