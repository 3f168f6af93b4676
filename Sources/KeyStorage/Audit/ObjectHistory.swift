package import KeyModel

extension ReadTransaction {
    /// What happened to an object, newest first, those of the same second by chain and the later first. Every event is
    /// authenticated by itself; that none is missing only its chain can show.
    package func history(
        of object: UniqueIdentifier,
        in instance: InstanceIdentifier,
        _ part: KeyHistoryPart
    ) throws -> KeyHistory {
        guard !object.text.utf8.contains(0), !instance.text.utf8.contains(0) else {
            return KeyHistory(events: [], next: nil, corruptedCount: 0)
        }
        let limit = min(max(part.limit, 1), KeyHistoryPart.mostEvents)
        var condition = "object = ? AND instance = ?"
        var parameters: [StoreValue] = [.text(object.text), .text(instance.text)]
        if let after = part.after {
            condition += """
                 AND event_time <= ? AND (event_time < ? OR chain > ? OR (chain = ? AND sequence < ?))
                """
            parameters += [.time(after.time), .time(after.time), .blob(after.chain), .blob(after.chain)]
            parameters += [.integer(after.sequence)]
        }
        let rows = try engine.rows(
            """
            SELECT \(AuditRecord.columns.joined(separator: ", ")), mac FROM audit_events WHERE \(condition) \
            ORDER BY event_time DESC, chain, sequence DESC LIMIT ?
            """,
            parameters + [.integer(limit + 1)]
        )
        var events: [KeyEvent] = []
        var corruptedCount = 0
        var byteCount = 0
        for (index, values) in rows.prefix(limit).enumerated() {
            if let record = try? AuditRecord(values, authenticator: authenticator) {
                // Fronts choose some of the texts: a part must not become too large for a message.
                byteCount += record.event.textByteCount
                if byteCount > Self.mostBytes, index > 0 {
                    let next = Self.position(rows[index - 1])
                    return KeyHistory(events: events, next: next, corruptedCount: corruptedCount)
                }
                events.append(KeyEvent(record.event))
            } else {
                corruptedCount += 1
            }
        }
        let next = rows.count > limit ? Self.position(rows[limit - 1]) : nil
        return KeyHistory(events: events, next: next, corruptedCount: corruptedCount)
    }

    /// Where a row is, authentic or not: those behind it are to be seen all the same.
    private static func position(_ values: [StoreValue]) -> KeyHistoryPart.Position? {
        let columns = Dictionary(uniqueKeysWithValues: zip(AuditRecord.columns, values))
        guard case .blob(let chain)? = columns["chain"], case .integer(let sequence)? = columns["sequence"],
            case .integer(let time)? = columns["event_time"]
        else { return nil }
        return KeyHistoryPart.Position(time: Timestamp(secondsSince1970: time), chain: chain, sequence: sequence)
    }
}

extension AuditEvent {
    fileprivate var textByteCount: Int {
        initiator.utf8.count + address.utf8.count + requestID.utf8.count
    }
}
