package import FoundationEssentials

/// What it takes to call a key unused.
package struct ReclaimPolicy: Hashable, Sendable {
    /// The server's clock.
    package let now: Date
    /// Seconds: a younger key may be on its way to its first use.
    package let youngestAge: Double
    /// Seconds: who retrieved a key that recently may still use it.
    package let quietTime: Double
    /// Names that this server has as a key provider in the vCenters, one for each instance. Empty if they are not
    /// known: then those from which any of its keys is used.
    package let providers: Set<String>
    /// Identifiers of items that the inventory could not read, and of which the operator says that they use none of
    /// these keys.
    package let vouchedFor: Set<String>
    /// Whether an inventory that uses none of the keys is believed: otherwise it is taken for another vCenter's.
    package let acceptsForeignInventory: Bool

    package static let day = 86_400.0

    package init(
        now: Date,
        youngestAge: Double = 30 * day,
        quietTime: Double = 90 * day,
        providers: Set<String> = [],
        vouchedFor: Set<String> = [],
        acceptsForeignInventory: Bool = false
    ) {
        self.now = now
        self.youngestAge = youngestAge
        self.quietTime = quietTime
        self.providers = providers
        self.vouchedFor = vouchedFor
        self.acceptsForeignInventory = acceptsForeignInventory
    }
}
