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
        guard item.status == .success else { return failure(item, of: request) }
        switch (request, item.payload) {
        case (.create, .create(let answer)): return .created(answer.uniqueIdentifier)
        case (.get(let identifier), .get(let answer)) where answer.uniqueIdentifier == identifier:
            return digest(of: answer).map { .got(digest: $0) } ?? .unclear("a key that is no raw AES-256 key")
        case (.state(let identifier), .getAttributes(let answer)) where answer.uniqueIdentifier == identifier:
            return state(in: answer.attributes).map { .state($0) } ?? .unclear("no state that is known")
        case (.locate, .locate(let answer)): return .located(answer.uniqueIdentifiers)
        case (.activate, .activate), (.revoke, .revoke), (.destroy, .destroy), (.addAttribute, .addAttribute):
            return .done
        default: return .unclear("an answer to something else")
        }
    }

    /// A general failure is what a client is told who got no answer in time: what became of it is open.
    private static func failure(_ item: ResponseItem, of request: HistoryEntry.Request) -> HistoryEntry.Outcome {
        switch item.reason {
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
