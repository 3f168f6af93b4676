internal import PKCS11

/// A number that only rises, and what it stands for, kept in the token: the generation of the tables that confer
/// authority and the digest of their content.
package struct AuthorityAnchor: Hashable, Sendable {
    package static let maximumContentByteCount = 1_024

    package let generation: UInt64
    package let content: [UInt8]

    package init(generation: UInt64, content: [UInt8]) {
        self.generation = generation
        self.content = content
    }

    /// The generation, big-endian in 8 bytes, then the content.
    var encoded: [UInt8] {
        (0..<8).map { UInt8(truncatingIfNeeded: generation >> (56 - 8 * $0)) } + content
    }

    init?(encoded bytes: [UInt8]) {
        guard bytes.count >= 8, bytes.count <= 8 + Self.maximumContentByteCount else { return nil }
        generation = bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
        content = Array(bytes.dropFirst(8))
    }
}

/// The anchor is a private data object of the token. It is raised by making the new object and then destroying the
/// old ones, so that a crash leaves at least one; where there are several, the highest is the anchor.
extension HSMSession {
    /// Sets the first anchor. With one already there the error is `anchorNotHigher`.
    package func createAnchor(_ anchor: AuthorityAnchor) throws(HSMError) {
        let lock = try anchorLock()
        defer { lock.unlock() }
        guard try anchors().isEmpty else { throw HSMError(.anchorNotHigher, "the token has an anchor") }
        try add(anchor)
    }

    package func readAnchor() throws(HSMError) -> AuthorityAnchor {
        let begin = metrics.begin()
        defer { metrics.ended(.readAnchor, since: begin) }
        let anchors = try anchors()
        guard let highest = anchors.map(\.anchor).max(by: { $0.generation < $1.generation }) else {
            throw HSMError(.anchorMissing, "the token has no authority anchor")
        }
        guard anchors.allSatisfy({ $0.anchor.generation < highest.generation || $0.anchor == highest }) else {
            throw HSMError(.anchorConflict, "two authority anchors of generation \(highest.generation) differ")
        }
        return highest
    }

    /// Replaces the anchor by one of a higher generation.
    package func raiseAnchor(to anchor: AuthorityAnchor) throws(HSMError) {
        let begin = metrics.begin()
        defer { metrics.ended(.raiseAnchor, since: begin) }
        let lock = try anchorLock()
        defer { lock.unlock() }
        let current = try readAnchor()
        guard anchor.generation > current.generation else {
            throw HSMError(.anchorNotHigher, "generation \(anchor.generation) after \(current.generation)")
        }
        try add(anchor)
        let old = try anchors().filter { $0.anchor.generation < anchor.generation }
        try performWriting { session throws(PKCS11Error) in
            for object in old { try session.destroy(object.handle) }
        }
    }

    static let anchorNames = [
        Attribute.objectClass(.data), Attribute(.token, true), Attribute(.isPrivate, true),
        Attribute(.application, .bytes(Array("keyferry".utf8))), Attribute.label("keyferry-authority-anchor"),
    ]

    private func anchorLock() throws(HSMError) -> FileLock {
        try FileLock(path: "\(settings.guardDirectory)/anchor.lock", waitingAtMost: .seconds(10))
    }

    private func add(_ anchor: AuthorityAnchor) throws(HSMError) {
        guard anchor.content.count <= AuthorityAnchor.maximumContentByteCount else {
            throw HSMError(.lengthNotSupported, "an anchor of \(anchor.content.count) bytes")
        }
        let template = Template(
            Self.anchorNames + [Attribute(.value, .bytes(anchor.encoded)), Attribute(.modifiable, false)]
        )
        try performWriting { session throws(PKCS11Error) in _ = try session.createObject(template) }
    }

    /// So often is looked again for anchors that are replaced in the meantime.
    private static let mostLooks = 20

    /// Another process may replace the anchor between the search and the look at what was found: its handle is then
    /// invalid, or it has no value yet. That is no fault, and the next look finds the new one.
    private func anchors() throws(HSMError) -> [(handle: ObjectHandle, anchor: AuthorityAnchor)] {
        for _ in 1..<Self.mostLooks {
            do throws(HSMError) {
                return try presentAnchors()
            } catch {
                guard error.code == .anchorMalformed || error.cause?.code == .objectHandleInvalid else { throw error }
                pause(milliseconds: 2)
            }
        }
        return try presentAnchors()
    }

    private func presentAnchors() throws(HSMError) -> [(handle: ObjectHandle, anchor: AuthorityAnchor)] {
        let template = Template(Self.anchorNames)
        let found = try perform { token throws(PKCS11Error) in
            try token.session.findObjects(template).map { handle throws(PKCS11Error) in
                (handle, try token.session.bytes(of: .value, in: handle))
            }
        }
        return try found.map { handle, bytes throws(HSMError) in
            guard let bytes, let anchor = AuthorityAnchor(encoded: bytes) else {
                throw HSMError(.anchorMalformed, "an authority anchor of \(bytes?.count ?? 0) bytes")
            }
            return (handle, anchor)
        }
    }
}
