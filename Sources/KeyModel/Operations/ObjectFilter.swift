/// What Locate looks for (KMIP 1.4, 4.9): objects that match every given attribute.
package struct ObjectFilter: Hashable, Sendable {
    /// No client names more: each is a condition of the search.
    package static let mostAttributes = 32

    package let attributes: [Attribute]

    /// Whether a State is asked for: only then are destroyed objects found.
    package var asksForState: Bool { attributes.contains { $0.name == .state } }

    package init(attributes: [Attribute]) {
        self.attributes = attributes
    }

    /// Whether `object` has, for every attribute asked for, an instance of that value.
    ///
    /// An attribute that can't be matched finds nothing. A date given twice is a range, given once an exact value; a
    /// usage mask asks for at least its bits. The index of an attribute counts only where it is not 0.
    package func matches(_ object: ManagedObject) -> Bool {
        let all = object.allAttributes
        return Set(attributes.map(\.name)).allSatisfy { name in
            let wanted = attributes.filter { $0.name == name }
            let present = all.filter { $0.name == name }
            if let range = Self.dateRange(wanted) {
                return present.contains { attribute in
                    if case .dateTime(let date) = attribute.value { range.contains(date) } else { false }
                }
            }
            return wanted.allSatisfy { pattern in
                present.contains { Self.matches($0, pattern) }
            }
        }
    }

    private static func matches(_ attribute: Attribute, _ pattern: Attribute) -> Bool {
        guard pattern.index == 0 || pattern.index == attribute.index else { return false }
        if pattern.name == .cryptographicUsageMask,
            case .integer(let has) = attribute.value, case .integer(let asked) = pattern.value
        {
            return has & asked == asked
        }
        return attribute.value == pattern.value
    }

    private static func dateRange(_ wanted: [Attribute]) -> ClosedRange<Timestamp>? {
        guard wanted.count == 2, case .dateTime(let one) = wanted[0].value, case .dateTime(let other) = wanted[1].value
        else { return nil }
        return min(one, other)...max(one, other)
    }
}
