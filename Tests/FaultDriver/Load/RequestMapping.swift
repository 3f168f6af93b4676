import Cryptography
import FaultChecker
import KMIP
import KMIPClient
import PipelineSite
import TTLV

/// What a client asks, as KMIP, and what it is told, as the checker knows it.
enum RequestMapping {
    static let mark = AttributeName("x-Serial")

    static func payload(_ request: HistoryEntry.Request) -> RequestPayload {
        switch request {
        case .create(let serial): .create(create(serial))
        case .get(let identifier): .get(GetRequest(uniqueIdentifier: identifier))
        case .state(let identifier):
            .getAttributes(GetAttributesRequest(uniqueIdentifier: identifier, names: [.state]))
        case .activate(let identifier): .activate(ActivateRequest(uniqueIdentifier: identifier))
        case .revoke(let identifier):
            .revoke(RevokeRequest(uniqueIdentifier: identifier, reason: RevocationReason(.cessationOfOperation)))
        case .destroy(let identifier): .destroy(DestroyRequest(uniqueIdentifier: identifier))
        case .locate(let serial): .locate(LocateRequest(attributes: [Attribute(mark, .text(serial))]))
        case .addAttribute(let identifier):
            .addAttribute(
                AddAttributeRequest(
                    uniqueIdentifier: identifier,
                    attribute: Attribute(AttributeName("x-Product"), .text("VMware vSphere"))
                )
            )
        }
    }

    private static func create(_ serial: String) -> CreateRequest {
        CreateRequest(
            objectType: .symmetricKey,
            template: TemplateAttribute([
                Attribute(.cryptographicAlgorithm, .enumeration(CryptographicAlgorithm.aes.rawValue)),
                Attribute(
                    .cryptographicUsageMask,
                    .integer(CryptographicUsageMask([.encrypt, .decrypt]).rawValue)
                ),
                Attribute(.cryptographicLength, .integer(256)),
                Attribute(mark, .text(serial)),
            ])
        )
    }

    static func outcome(_ item: ResponseItem, of request: HistoryEntry.Request) -> HistoryEntry.Outcome {
        guard item.status == .success else { return failure(item) }
        switch (request, item.payload) {
        case (.create, .create(let answer)): return .created(answer.uniqueIdentifier)
        case (.locate, .locate(let answer)): return .located(answer.uniqueIdentifiers)
        case (.get(let identifier), .get(let answer)):
            let outcome = digest(of: answer).map { HistoryEntry.Outcome.got(digest: $0) }
            return about(identifier, answer.uniqueIdentifier, outcome ?? .wrong("a key that is no raw AES-256 key"))
        case (.state(let identifier), .getAttributes(let answer)):
            let outcome = state(in: answer.attributes).map { HistoryEntry.Outcome.state($0) }
            return about(identifier, answer.uniqueIdentifier, outcome ?? .wrong("no state that is known"))
        case (.activate(let identifier), .activate(let answer)):
            return about(identifier, answer.uniqueIdentifier, .done)
        case (.revoke(let identifier), .revoke(let answer)):
            return about(identifier, answer.uniqueIdentifier, .done)
        case (.destroy(let identifier), .destroy(let answer)):
            return about(identifier, answer.uniqueIdentifier, .done)
        case (.addAttribute(let identifier), .addAttribute(let answer)):
            return about(identifier, answer.uniqueIdentifier, .done)
        default: return .wrong("an answer to something else")
        }
    }

    /// An answer tells which object it is about.
    private static func about(
        _ asked: String,
        _ answered: String,
        _ outcome: HistoryEntry.Outcome
    ) -> HistoryEntry.Outcome {
        answered == asked ? outcome : .wrong("an answer about \(answered)")
    }

    /// Where there is no answer, what became of the request is open. What can't be read was an answer.
    static func outcome(of error: KMIPClientError) -> HistoryEntry.Outcome {
        switch error.code {
        // Whoever has no memory for an answer can't judge it.
        case .invalidResponse where !error.detail.hasPrefix("\(KMIPError.Code.noSecretMemory)"):
            .wrong(error.description)
        case .responseTooLarge: .wrong(error.description)
        default: .unclear(error.description)
        }
    }

    /// A general failure is what a client is told who got no answer in time: what became of it is open.
    private static func failure(_ item: ResponseItem) -> HistoryEntry.Outcome {
        guard item.status == .operationFailed else { return .wrong("the status \(item.status)") }
        return switch item.reason {
        case .itemNotFound?: .refused(.notFound)
        case .permissionDenied?: .refused(.denied)
        case .generalFailure?, nil: .unclear(item.message ?? "a failure without a reason")
        default: .refused(.otherwise)
        }
    }

    /// The bytes are hashed where they are and never copied.
    private static func digest(of answer: GetResponse) -> String? {
        guard case .symmetricKey(let block) = answer.object, block.format == .raw,
            case .bytes(let material)? = block.value?.material, material.count == 32
        else { return nil }
        return material.withUnsafeBytes { hexadecimal(SHA256.hash($0)) }
    }

    static func state(in attributes: [Attribute]) -> KeyState? {
        guard case .enumeration(let number)? = attributes.first(where: { $0.name == .state })?.value else { return nil }
        return state(number)
    }

    /// - Parameter number: of KMIP's State (KMIP 1.4, 9.1.3.2.18). The load compromises no key.
    static func state(_ number: UInt32) -> KeyState? {
        switch ObjectState(rawValue: number) {
        case .preActive: .preActive
        case .active: .active
        case .deactivated: .deactivated
        case .destroyed: .destroyed
        default: nil
        }
    }

    static func hexadecimal(_ bytes: [UInt8]) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
