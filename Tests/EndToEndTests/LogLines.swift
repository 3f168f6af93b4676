import PipelineSite

/// What the log of a site that others use as well says of one connection, and of no other.
extension PipelineSite {
    /// The lines that a member has written, without the first `count`.
    nonisolated func lines(of member: SiteMember, after count: Int = 0) -> [Substring] {
        let text = log(of: member)
        // A line that is being written is not there yet.
        let end = text.lastIndex(of: "\n") ?? text.startIndex
        return Array(text[..<end].split(separator: "\n").dropFirst(count))
    }

    /// Waits until a member has written a line that `matches`.
    ///
    /// - Returns: all that match.
    nonisolated func waitForLines(
        of member: SiteMember,
        _ matches: (Substring) -> Bool
    ) async throws -> [Substring] {
        var found: [Substring] = []
        try await wait("a line of \(member.name)") {
            found = lines(of: member).filter(matches)
            return !found.isEmpty
        }
        return found
    }

    /// Runs `body`, which makes one connection to a gateway, and nobody else one meanwhile; waits until that has ended.
    ///
    /// - Returns: the one line with which the gateway ended it.
    nonisolated func endOfConnection(
        gateway: Int = 1,
        _ body: () async throws -> Void
    ) async throws -> Substring {
        let member = SiteMember.gateway(gateway)
        let before = lines(of: member).count
        try await body()
        var ends: [Substring] = []
        try await wait("the end of a connection to \(member.name)") {
            let written = lines(of: member, after: before)
            let opened = written.filter { $0.contains(": KMIP connection opened ") }.map { $0.field("connection") }
            guard opened.count == 1, let number = opened[0] else {
                throw PipelineSiteError("\(opened.count) connections were opened")
            }
            ends = written.filter { $0.isConnectionEnd && $0.field("connection") == number }
            return !ends.isEmpty
        }
        guard ends.count == 1 else { throw PipelineSiteError("a connection ended more than once: \(ends)") }
        return ends[0]
    }

    /// The lines with which a gateway has ended connections of a client, in order.
    nonisolated func connectionEnds(of client: SiteClient, gateway: Int = 1) -> [Substring] {
        lines(of: .gateway(gateway)).filter { $0.isConnectionEnd && $0.field("fingerprint") == client.fingerprint }
    }

    /// Waits until a gateway has ended so many connections of a client.
    ///
    /// - Returns: as `connectionEnds`.
    nonisolated func waitForConnectionEnds(
        _ count: Int,
        of client: SiteClient,
        gateway: Int = 1
    ) async throws -> [Substring] {
        var ends: [Substring] = []
        try await wait("\(count) ended connections of \(client.name)") {
            ends = connectionEnds(of: client, gateway: gateway)
            return ends.count >= count
        }
        return ends
    }
}

/// A line of a log in text.
extension Substring {
    /// The value of a field, where it is not in quotation marks.
    func field(_ name: String) -> String? {
        let field = split(separator: " ").last { $0.hasPrefix("\(name)=") }
        return field.map { String($0.dropFirst(name.count + 1)) }
    }

    fileprivate var isConnectionEnd: Bool { contains(": KMIP connection ended: ") }
}
