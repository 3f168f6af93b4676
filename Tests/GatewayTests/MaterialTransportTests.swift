import Cryptography
import JobSealing
import KeyModel
import PipelineFixtures
import Testing

@testable import Gateway

/// Key material between a client's connection and a job.
@Suite struct MaterialTransportTests {
    private let fixture: GatewayFixture
    private let key: [UInt8] = Array(1...32)

    init() throws {
        fixture = try GatewayFixture()
    }

    private func retrieved(_ material: TransportedKeyMaterial, digest: [UInt8]? = nil) -> RetrievedKey {
        RetrievedKey(
            identifier: UniqueIdentifier("k"),
            objectType: .symmetricKey,
            algorithm: .aes,
            length: 256,
            material: material,
            digest: digest ?? SHA256.hash(key)
        )
    }

    private func wrapped(_ bytes: [UInt8]) throws -> [UInt8] {
        let transportKey = try #require(fixture.ticket.transportKey)
        return try AESKeyWrapPadded.wrap(SecretBytes.made(of: bytes), under: transportKey.bytes)
    }

    @Test func comesBackAsItWas() throws {
        let (material, digest) = try fixture.transport.wrap(GatewayFixture.box(key))
        #expect(digest == SHA256.hash(key))
        #expect(material.trueLength == 32)
        let box = try fixture.transport.unwrap(retrieved(material))
        #expect(box.bytes.withUnsafeBytes { Array($0) } == key)
    }

    @Test func aTokensPaddingIsCutOff() throws {
        let material = TransportedKeyMaterial(blob: try wrapped(key + [0, 0, 0, 0, 0, 0, 0, 0]), trueLength: 32)
        let box = try fixture.transport.unwrap(retrieved(material))
        #expect(box.bytes.withUnsafeBytes { Array($0) } == key)
    }

    @Test func whatIsNotTheRecordsKeyDoesNotGoOut() throws {
        let other = TransportedKeyMaterial(blob: try wrapped(Array(2...33)), trueLength: 32)
        #expect(throws: ItemFailure.self) { try fixture.transport.unwrap(retrieved(other)) }
        let padded = TransportedKeyMaterial(blob: try wrapped(key + [1]), trueLength: 32)
        #expect(throws: ItemFailure.self) { try fixture.transport.unwrap(retrieved(padded)) }
        let short = TransportedKeyMaterial(blob: try wrapped(key), trueLength: 33)
        #expect(throws: ItemFailure.self) { try fixture.transport.unwrap(retrieved(short)) }
        var altered = try wrapped(key)
        altered[9] ^= 1
        let broken = TransportedKeyMaterial(blob: altered, trueLength: 32)
        #expect(throws: ItemFailure.self) { try fixture.transport.unwrap(retrieved(broken)) }
    }

    @Test(arguments: [0, 513]) func materialIsBounded(count: Int) throws {
        let box = try GatewayFixture.box([UInt8](repeating: 7, count: count))
        #expect(throws: ItemFailure.self) { try fixture.transport.wrap(box) }
    }
}
