package import ArgumentParser
internal import KMIP
internal import TTLV

/// A custom attribute as it is typed: `x-Name=text`.
package struct CustomAttribute: ExpressibleByArgument, Hashable, Sendable {
    package let name: String
    package let value: String

    package init?(argument: String) {
        guard let equals = argument.firstIndex(of: "=") else { return nil }
        name = String(argument[..<equals])
        value = String(argument[argument.index(after: equals)...])
        guard name.hasPrefix("x-"), name.count > 2 else { return nil }
    }

    var attribute: Attribute {
        Attribute(AttributeName(name), .text(value))
    }
}

/// Attributes of a new object, or of those that are looked for.
package struct AttributeOptions: ParsableArguments {
    @Option(help: "The object's name.")
    package var name: String?

    @Option(
        help: ArgumentHelp(
            "A custom attribute of text. May be repeated.",
            valueName: "x-name=value"
        )
    )
    package var attribute: [CustomAttribute] = []

    package init() {}

    var attributes: [Attribute] {
        (name.map { [Attribute(.name, ObjectName($0).attributeValue)] } ?? []) + attribute.map(\.attribute)
    }
}

package enum KeyKind: String, ExpressibleByArgument, CaseIterable, Sendable {
    case aes
    case tripleDES = "3des"

    var algorithm: CryptographicAlgorithm {
        switch self {
        case .aes: .aes
        case .tripleDES: .tripleDES
        }
    }
}
