package import KMIP
package import KMIPClient
package import NIOCore
package import TLSTransport

/// Plays a script to a KMIP server, as a vCenter does: KMIP 1.1, short connections, item identifiers of eight bytes
/// that begin anew in every message.
package struct ConversationPlayer: Sendable {
    private let server: KMIPConnectionOptions
    private let tls: TLSContext
    private let eventLoopGroup: any EventLoopGroup
    private let version: ProtocolVersion
    private let credential: Credential?

    /// - Parameters:
    ///   - tls: a client's context, with the certificate to come as.
    ///   - credential: sent where vCenter sends one, on some of its messages; nil for none.
    package init(
        server: KMIPConnectionOptions,
        tls: TLSContext,
        eventLoopGroup: any EventLoopGroup,
        version: ProtocolVersion = .v11,
        credential: Credential? = nil
    ) {
        self.server = server
        self.tls = tls
        self.eventLoopGroup = eventLoopGroup
        self.version = version
        self.credential = credential
    }

    package func play(_ script: ConversationScript) async throws(ConversationFailure) -> ConversationReport {
        var report = ConversationReport()
        for (index, steps) in script.connections.enumerated() {
            let connection: KMIPConnection
            do {
                connection = try await KMIPConnection.connect(to: server, tls: tls, eventLoopGroup: eventLoopGroup)
            } catch {
                throw ConversationFailure(step: nil, reason: error.description, report: report)
            }
            report.serverCertificate = connection.session.peerCertificate
            report.protection = "\(connection.session.version) \(connection.session.cipherSuite)"
            do {
                for step in steps {
                    try await perform(step, over: connection, number: index + 1, &report)
                }
            } catch {
                await connection.close()
                throw error
            }
            await connection.close()
        }
        return report
    }

    private func perform(
        _ step: ConversationStep,
        over connection: KMIPConnection,
        number: Int,
        _ report: inout ConversationReport
    ) async throws(ConversationFailure) {
        let start = ContinuousClock.now
        let request = request(for: step, key: report.keyIdentifier)
        let response: ResponseMessage
        do {
            response = try await KMIPConversation(over: connection, version: version).send(request)
        } catch {
            throw ConversationFailure(step: step, reason: error.description, report: report)
        }
        do {
            let answers = try payloads(of: response, to: request)
            let answer = try step.examine(answers, key: &report.keyIdentifier)
            let duration = ContinuousClock.now - start
            report.lines.append(.init(connection: number, step: step, answer: answer, duration: duration))
        } catch {
            throw ConversationFailure(step: step, reason: error.reason, report: report)
        }
    }

    private func request(for step: ConversationStep, key: String) -> RequestMessage {
        var header = RequestHeader(version: version)
        if let credential, step.comesWithCredential { header.credentials = [credential] }
        let items = step.payloads(key: key).enumerated().map { index, payload in
            RequestItem(payload, identifier: step == .discoverVersions ? nil : Self.identifier(index + 1))
        }
        return RequestMessage(header: header, items: items)
    }

    /// "QLKC" and a counter of 32 bits, little-endian.
    static func identifier(_ number: Int) -> [UInt8] {
        let counter = UInt32(truncatingIfNeeded: number)
        return Array("QLKC".utf8) + (0..<4).map { UInt8(truncatingIfNeeded: counter >> (8 * $0)) }
    }

    /// Version, number, identifiers and success of the items.
    private func payloads(
        of response: ResponseMessage,
        to request: RequestMessage
    ) throws(UnexpectedAnswer) -> [ResponsePayload] {
        guard response.header.version == version else {
            throw UnexpectedAnswer(reason: "an answer in KMIP \(response.header.version)")
        }
        guard response.items.count == request.items.count else {
            throw UnexpectedAnswer(reason: "\(response.items.count) items for \(request.items.count)")
        }
        var payloads: [ResponsePayload] = []
        for (asked, item) in zip(request.items, response.items) {
            guard item.identifier == asked.identifier else {
                throw UnexpectedAnswer(reason: "an item with another identifier")
            }
            guard item.status == .success, let payload = item.payload else {
                let reason = item.reason.map { "\($0)" } ?? "no reason given"
                throw UnexpectedAnswer(reason: "refused, \(reason)" + (item.message.map { ": \($0)" } ?? ""))
            }
            payloads.append(payload)
        }
        return payloads
    }
}

extension ConversationStep {
    /// Where vCenter 8 sends a user name and password, if it has them: not with Discover Versions, and not with custom
    /// attributes.
    fileprivate var comesWithCredential: Bool {
        switch self {
        case .create, .get, .state, .activate: true
        default: false
        }
    }
}
