import FaultChecker
import Foundation
import KMIP
import KMIPClient
import KeyStorage
import KeyStorageSQLite
import PipelineSite

/// What is there when all is over: every key as each gateway gives it, every row of the store, every audit record.
struct FinalReading: Sendable {
    /// Items of one message.
    private static let itemCount = 64
    /// Messages at once.
    private static let readerCount = 8

    let site: PipelineSite
    let client: SiteClient
    let recorder: Recorder

    /// Reads every key by every gateway, with its state; what is read is recorded like all that clients do.
    ///
    /// - Parameter known: identifiers that were promised, beside those of the store.
    func readKeys(_ known: Set<String>) async throws {
        let identifiers = Array(known.union(try storedRows().map(\.identifier))).sorted()
        let pieces = stride(from: 0, to: identifiers.count, by: Self.itemCount).map {
            Array(identifiers[$0..<min($0 + Self.itemCount, identifiers.count)])
        }
        let gatewayCount = site.options.gatewayCount
        let step = Self.readerCount / gatewayCount
        try await withThrowingTaskGroup(of: Void.self) { group in
            for reader in 0..<Self.readerCount {
                group.addTask {
                    let gateway = reader % gatewayCount + 1
                    let connection = RecordingClient(site: site, client: client, gateway: gateway, recorder: recorder)
                    // Every gateway's readers share all pieces among themselves.
                    for piece in stride(from: reader / gatewayCount, to: pieces.count, by: step) {
                        try await read(pieces[piece], connection)
                    }
                    await connection.disconnect()
                }
            }
            try await group.waitForAll()
        }
    }

    private func read(_ identifiers: [String], _ connection: RecordingClient) async throws {
        for requests in [identifiers.map { HistoryEntry.Request.get($0) }, identifiers.map { .state($0) }] {
            var attempts = 0
            while true {
                guard await connection.connect(), let outcomes = await connection.perform(requests) else {
                    throw PipelineSiteError("gateway \(connection.gateway) can't be connected to at the end")
                }
                let isClear = outcomes.allSatisfy { if case .unclear = $0 { false } else { true } }
                if isClear { break }
                attempts += 1
                guard attempts < 3 else { throw PipelineSiteError("keys can't be read at the end: \(outcomes)") }
            }
        }
    }

    /// - Returns: the rows of the store and of the audit trail.
    func evidence(_ history: [HistoryEntry]) throws -> Evidence {
        Evidence(history: history, stored: try storedRows(), audit: try auditRecords())
    }

    // MARK: - The store's own rows

    private func storedRows() throws -> [Evidence.StoredKey] {
        let engine = try SQLiteEngine(path: site.home + "/store/keyferry.sqlite")
        return try engine.read { transaction in
            let rows = try transaction.rows(
                """
                SELECT o.unique_identifier, o.state, o.digest, a.value FROM managed_objects o \
                LEFT JOIN object_attributes a ON a.instance = o.instance \
                AND a.unique_identifier = o.unique_identifier AND a.name = ?
                """,
                [.blob(Array(RequestMapping.mark.rawValue.utf8))]
            )
            return try rows.map { row in
                guard case .text(let identifier) = row[0], case .integer(let state) = row[1],
                    case .blob(let digest) = row[2], let state = RequestMapping.state(UInt32(truncatingIfNeeded: state))
                else { throw PipelineSiteError("a row of managed_objects that can't be: \(row)") }
                return Evidence.StoredKey(
                    identifier: identifier,
                    serial: Self.text(row[3]),
                    state: state,
                    digest: RequestMapping.hexadecimal(digest)
                )
            }
        }
    }

    /// Text as the store keeps an attribute's value: a byte of type, a length of eight, UTF-8.
    private static func text(_ value: StoreValue) -> String? {
        guard case .blob(let bytes) = value, bytes.count > 9 else { return nil }
        return String(decoding: bytes[9...], as: UTF8.self)
    }

    private func auditRecords() throws -> [Evidence.AuditRecord] {
        let engine = try SQLiteEngine(path: site.home + "/store/keyferry.sqlite")
        return try engine.read { transaction in
            try transaction.rows(
                """
                SELECT action, initiator, object, request_id, event_time FROM audit_events \
                WHERE failure IS NULL AND object IS NOT NULL
                """,
                []
            )
            .compactMap { row in
                guard case .text(let name) = row[0], let action = Evidence.AuditRecord.Action(rawValue: name),
                    case .text(let initiator) = row[1], case .text(let identifier) = row[2],
                    case .text(let request) = row[3], case .integer(let second) = row[4]
                else { return nil }
                return Evidence.AuditRecord(
                    action: action,
                    client: String(initiator.trimmingPrefix("CertificateID-")),
                    identifier: identifier,
                    requestID: request,
                    moments: recorder.moments(ofSecond: second)
                )
            }
        }
    }
}
