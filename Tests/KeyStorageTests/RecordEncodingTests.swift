import Cryptography
import KeyModel
import Testing

@testable import KeyStorage

/// The bytes that MACs and hashes are over: they may never change within a format version.
@Suite struct RecordEncodingTests {
    @Test func aMessageNamesVersionTableAndEveryValue() {
        let message = RecordAuthenticator.message(.instances, [.text("ab"), .integer(-2), .blob([9]), .null])
        let expected: [[UInt8]] = [
            [1],  // format version
            [0, 0, 0, 0, 0, 0, 0, 9], Array("instances".utf8),
            [0, 0, 0, 0, 0, 0, 0, 4],  // values
            [2], [0, 0, 0, 0, 0, 0, 0, 2], Array("ab".utf8),
            [1], [0, 0, 0, 0, 0, 0, 0, 8], [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFE],
            [3], [0, 0, 0, 0, 0, 0, 0, 1], [9],
            [0], [0, 0, 0, 0, 0, 0, 0, 0],
        ]
        #expect(message == expected.flatMap { $0 })
    }

    /// What follows may not be told apart by a record format that only puts values behind each other.
    @Test func noTwoRecordsHaveTheSameBytes() {
        let records: [[StoreValue]] = [
            [], [.null], [.null, .null], [.text("")], [.blob([])], [.text("ab")], [.text("a"), .text("b")],
            [.blob(Array("ab".utf8))], [.integer(0)], [.text("a"), .null, .text("b")],
        ]
        let messages = records.map { RecordAuthenticator.message(.instances, $0) }
        #expect(Set(messages).count == records.count)
        #expect(RecordAuthenticator.message(.operators, []) != RecordAuthenticator.message(.instances, []))
    }

    @Test func aMACIsAVersionAndAnHMAC() throws {
        let secret = SecretBox(try SecretBytes.random(count: 32))
        let authenticator = RecordAuthenticator(key: try RecordKey(secret))
        let mac = try authenticator.mac(.operators, [.integer(1)])
        let message = RecordAuthenticator.message(.operators, [.integer(1)])
        #expect(try mac == [1] + HMACSHA256.authenticationCode(for: message, key: secret.bytes))
        #expect(try authenticator.verifies(mac, .operators, [.integer(1)]))
        #expect(try !authenticator.verifies(mac, .operators, [.integer(2)]))
        #expect(try !authenticator.verifies(mac, .instances, [.integer(1)]))
        #expect(try !authenticator.verifies([2] + mac.dropFirst(), .operators, [.integer(1)]))
        #expect(try !authenticator.verifies(mac.dropLast(), .operators, [.integer(1)]))
        #expect(try !authenticator.verifies([], .operators, [.integer(1)]))
    }

    @Test func aRecordKeyHas32Bytes() throws {
        #expect(throws: StoreError(.cryptographyFailed)) { try RecordKey(try SecretBytes(count: 16)) }
    }

    @Test func anAuditHashIsOverItsPlaceAndEveryField() {
        let event = AuditEvent(
            action: .keyCreate,
            initiator: "i",
            address: "",
            instance: nil,
            object: UniqueIdentifier("o"),
            failure: .itemNotFound,
            requestID: "r",
            isRepeat: false,
            time: Timestamp(secondsSince1970: 5)
        )
        func long(_ byte: UInt8) -> [UInt8] { [0, 0, 0, 0, 0, 0, 0, byte] }
        let expected: [[UInt8]] = [
            long(16), Array("keyferry audit 1".utf8),
            [3], long(1), [0xC4],  // chain
            [1], long(8), long(3),  // sequence
            [3], long(2), [0xAB, 0xCD],  // previous hash
            [2], long(15), Array("kmip-key.create".utf8),
            [2], long(1), Array("i".utf8),
            [2], long(0),
            [0], long(0),
            [2], long(1), Array("o".utf8),
            [1], long(8), long(1),
            [2], long(1), Array("r".utf8),
            [1], long(8), long(0),
            [1], long(8), long(5),
        ]
        let hash = AuditRecord.hash(chain: [0xC4], sequence: 3, event: event, previousHash: [0xAB, 0xCD])
        #expect(hash == SHA256.hash(expected.flatMap { $0 }))
    }
}
