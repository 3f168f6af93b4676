/// Add, Modify and Delete Attribute (KMIP 1.4, 4.14 to 4.16). Each either happens as a whole or throws and changes
/// nothing.
extension ManagedObject {
    /// Add Attribute (4.14).
    ///
    /// - Returns: the attribute with the index that the new instance was given.
    package mutating func add(_ attribute: Attribute, at now: Timestamp) throws(OperationFailure) -> Attribute {
        let rule = try ruleForChange(of: attribute)
        settle(at: now)
        guard rule.addition.isAllowed(in: state) else {
            throw OperationFailure(.attributeReadOnly, attribute: attribute.name)
        }
        if let field = ObjectDates.clientField(for: attribute.name) {
            guard dates[keyPath: field] == nil else {
                throw OperationFailure(.attributeHasOneInstance, attribute: attribute.name)
            }
            return try setDate(field, from: attribute, at: now)
        }
        let indices = attributes.filter { $0.name == attribute.name }.map(\.index)
        guard rule.hasManyInstances || indices.isEmpty else {
            throw OperationFailure(.attributeHasOneInstance, attribute: attribute.name)
        }
        guard attributes.count < AttributeLimits.count else {
            throw OperationFailure(.invalidField, attribute: attribute.name)
        }
        let added = Attribute(name: attribute.name, index: (indices.max() ?? -1) + 1, value: attribute.value)
        attributes.append(added)
        dates.lastChange = now
        return added
    }

    /// Modify Attribute (4.15): gives an existing instance another value.
    package mutating func modify(_ attribute: Attribute, at now: Timestamp) throws(OperationFailure) -> Attribute {
        let rule = try ruleForChange(of: attribute)
        settle(at: now)
        guard rule.modification.isAllowed(in: state) else {
            throw OperationFailure(.attributeReadOnly, attribute: attribute.name)
        }
        if let field = ObjectDates.clientField(for: attribute.name) {
            guard dates[keyPath: field] != nil, attribute.index == 0 else {
                throw OperationFailure(.attributeNotFound, attribute: attribute.name)
            }
            return try setDate(field, from: attribute, at: now)
        }
        guard let place = place(of: attribute.name, index: attribute.index) else {
            throw OperationFailure(.attributeNotFound, attribute: attribute.name)
        }
        attributes[place] = attribute
        dates.lastChange = now
        return attribute
    }

    /// Delete Attribute (4.16): removes one instance.
    ///
    /// - Returns: what was removed.
    package mutating func deleteAttribute(
        _ name: AttributeName,
        index: Int,
        at now: Timestamp
    ) throws(OperationFailure) -> Attribute {
        guard let rule = AttributeRule.rule(for: name) else {
            throw OperationFailure(.attributeNotSupported, attribute: name)
        }
        settle(at: now)
        guard rule.deletion.isAllowed(in: state) else {
            throw OperationFailure(.attributeReadOnly, attribute: name)
        }
        guard let place = place(of: name, index: index) else {
            throw OperationFailure(.attributeNotFound, attribute: name)
        }
        dates.lastChange = now
        return attributes.remove(at: place)
    }

    private func ruleForChange(of attribute: Attribute) throws(OperationFailure) -> AttributeRule {
        try AttributeLimits.check(attribute)
        guard let rule = AttributeRule.rule(for: attribute.name) else {
            throw OperationFailure(.attributeNotSupported, attribute: attribute.name)
        }
        return rule
    }

    private mutating func setDate(
        _ field: WritableKeyPath<ObjectDates, Timestamp?>,
        from attribute: Attribute,
        at now: Timestamp
    ) throws(OperationFailure) -> Attribute {
        guard case .dateTime(let date) = attribute.value else {
            throw OperationFailure(.invalidField, attribute: attribute.name)
        }
        dates[keyPath: field] = date
        dates.lastChange = now
        settle(at: now)
        return Attribute(name: attribute.name, value: attribute.value)
    }

    private func place(of name: AttributeName, index: Int) -> Int? {
        attributes.firstIndex { $0.name == name && $0.index == index }
    }
}
