internal import Cryptography
internal import KeyModel

/// The names that an object occupies in its instance (KMIP 1.4, 3.2).
enum ObjectName {
    /// SHA-256 of each name's text; none for a destroyed object, which gives its names back. The Name Type does not
    /// count: a text and a URI of the same characters are the same name.
    static func digests(of object: ManagedObject) -> Set<[UInt8]> {
        guard !object.state.isDestroyed else { return [] }
        return Set(object.attributes.filter { $0.name == .name }.map { digest($0.value) })
    }

    private static func digest(_ value: AttributeValue) -> [UInt8] {
        guard case .text(let text) = value.field("Name Value") ?? value else {
            return SHA256.hash(AttributeValueCoding.encode(value))
        }
        return SHA256.hash(Array(text.utf8))
    }
}
