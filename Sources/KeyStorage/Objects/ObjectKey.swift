package import KeyModel

/// What identifies a managed object: never without the instance.
package struct ObjectKey: Hashable, Sendable {
    package let instance: InstanceIdentifier
    package let identifier: UniqueIdentifier

    package init(instance: InstanceIdentifier, identifier: UniqueIdentifier) {
        self.instance = instance
        self.identifier = identifier
    }

    package init(_ object: ManagedObject) {
        self.init(instance: object.instance, identifier: object.identifier)
    }

    var values: [StoreValue] { [.text(instance.text), .text(identifier.text)] }
}
