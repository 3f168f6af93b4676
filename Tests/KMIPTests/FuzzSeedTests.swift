import FuzzInputs
import KMIP
import Testing

/// The fuzzer's seeds that are made from our sample messages and from vCenter's: `make fuzz-seeds` writes them anew.
struct FuzzSeedTests {
    private static let requests = [
        VCenterBytes.discoverVersionsRequest, VCenterBytes.createRequest, VCenterBytes.getRequest,
        VCenterBytes.getStateRequest, VCenterBytes.addAttributesRequest,
    ]
    private static let responses = [
        VCenterBytes.discoverVersionsResponse, VCenterBytes.createResponse, VCenterBytes.getResponse,
        VCenterBytes.getStateResponse, VCenterBytes.getMissingAttributeResponse,
    ]

    /// `flags | fragments | outcomes' length | outcomes | bytes`: once as it is on the wire, once in compact form.
    private func add(_ message: [UInt8], as name: String, flags: UInt8, to seeds: inout [String: [UInt8]]) throws {
        let compact = try #require(CompactItems.compact(message))
        try #require(CompactItems.expand(compact) == message)
        seeds[name] = [flags, 7, 2, 0, 3] + message
        seeds["\(name)-compact"] = [flags | 1, 0, 0] + compact
    }

    @Test func areWhatTheMessagesGive() throws {
        var seeds: [String: [UInt8]] = [:]
        for (number, text) in Self.requests.enumerated() {
            try add(bytes(text), as: "vcenter-request-\(number)", flags: 0, to: &seeds)
        }
        for (number, text) in Self.responses.enumerated() {
            try add(bytes(text), as: "vcenter-response-\(number)", flags: 2, to: &seeds)
        }
        seeds["vcenter-stream"] = [0, 3, 0] + Self.requests.flatMap { bytes($0) }
        for version in ProtocolVersion.supported {
            try add(SampleMessages.request(version).bytes(), as: "all-request-\(version)", flags: 4, to: &seeds)
            try add(SampleMessages.response(version).bytes(), as: "all-response-\(version)", flags: 2, to: &seeds)
        }
        for (number, payload) in SampleMessages.requestPayloads.enumerated() {
            let message = RequestMessage(version: .v14, payload).bytes()
            try add(message, as: "request-\(payload.operation)-\(number)", flags: 0, to: &seeds)
        }
        #expect(try SeedFolder("requests").outdated("kmip", seeds) == [])
    }

    @Test func theSameAsPlainItems() throws {
        var seeds: [String: [UInt8]] = [:]
        for (number, text) in (Self.requests + Self.responses).enumerated() {
            seeds["vcenter-\(number)"] = [1, 0] + (try #require(CompactItems.compact(bytes(text))))
        }
        seeds["request"] = [1, 0] + (try #require(CompactItems.compact(SampleMessages.request(.v14).bytes())))
        seeds["response"] = [1, 0] + (try #require(CompactItems.compact(SampleMessages.response(.v14).bytes())))
        #expect(try SeedFolder("ttlv").outdated("kmip", seeds) == [])
    }
}
