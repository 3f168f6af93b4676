package import FoundationEssentials

/// Which keys a list is to have, as the parameters of its query say it.
package struct KeyQuery: Hashable, Sendable {
    /// What the identifier begins with.
    package var identifier: String?
    /// `x-Name`: the name of the VM or host, as vCenter has it.
    package var name: String?
    /// `x-Identifier`: the UUID of the VM or host.
    package var owner: String?
    /// `x-Component`: `Virtual Machine` or `ESXi Server`.
    package var component: String?
    /// `x-Product_Version`: vCenter's version.
    package var productVersion: String?
    /// Empty for all.
    package var states: [String] = []
    package var createdFrom: Date?
    package var createdBefore: Date?
    /// Not retrieved at that moment or later.
    package var notRetrievedSince: Date?
    package var neverRetrieved = false

    package init() {}

    /// The attributes of vCenter's that have parameters of their own, by these.
    package static let attributes = [
        "name": "x-Name", "owner": "x-Identifier", "component": "x-Component", "productVersion": "x-Product_Version",
    ]

    /// Names and values of the parameters, in one order.
    package var parameters: [(name: String, value: String)] {
        var list: [(name: String, value: String)] = []
        func add(_ name: String, _ value: String?) {
            if let value { list.append((name: name, value: value)) }
        }
        add("identifier", identifier)
        add("name", name)
        add("owner", owner)
        add("component", component)
        add("productVersion", productVersion)
        for state in states { add("state", state) }
        add("createdFrom", createdFrom?.formatted(.iso8601))
        add("createdBefore", createdBefore?.formatted(.iso8601))
        add("notRetrievedSince", notRetrievedSince?.formatted(.iso8601))
        if neverRetrieved { add("neverRetrieved", "true") }
        return list
    }
}
