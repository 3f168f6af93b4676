/// What a client asks a new object to be: the attributes of Create and Register, checked and sorted into fields.
package struct ObjectTemplate: Hashable, Sendable {
    package let objectType: ObjectType
    package let algorithm: KeyAlgorithm
    /// Bits.
    package let length: Int
    package let usageMask: UsageMask
    package let dates: ObjectDates
    package let attributes: [Attribute]

    /// Reads the attributes of a request (KMIP 1.4, 4.1 table 163, 4.3 table 172).
    ///
    /// - Parameters:
    ///   - keyBlock: the algorithm and length that a registered key's own Key Block names; the attributes may repeat
    ///     but not contradict them.
    /// - Throws: the failure that the standard prescribes, with the attribute that is at fault.
    package init(
        objectType: ObjectType,
        attributes given: [Attribute],
        keyBlock: (algorithm: KeyAlgorithm?, length: Int?) = (nil, nil)
    ) throws(OperationFailure) {
        guard objectType == .symmetricKey else { throw OperationFailure(.objectTypeNotSupported) }
        var sorted = SortedAttributes()
        for attribute in given {
            try sorted.take(attribute)
        }
        guard let algorithm = sorted.algorithm ?? keyBlock.algorithm else {
            throw OperationFailure(.missingAttribute, attribute: .cryptographicAlgorithm)
        }
        guard keyBlock.algorithm == nil || keyBlock.algorithm == algorithm else {
            throw OperationFailure(.invalidField, attribute: .cryptographicAlgorithm)
        }
        guard let length = sorted.length ?? keyBlock.length else {
            throw OperationFailure(.missingAttribute, attribute: .cryptographicLength)
        }
        guard keyBlock.length == nil || keyBlock.length == length else {
            throw OperationFailure(.invalidField, attribute: .cryptographicLength)
        }
        guard let usageMask = sorted.usageMask else {
            throw OperationFailure(.missingAttribute, attribute: .cryptographicUsageMask)
        }
        guard !algorithm.supportedLengths.isEmpty else {
            throw OperationFailure(.algorithmNotSupported, attribute: .cryptographicAlgorithm)
        }
        guard algorithm.supportedLengths.contains(length) else {
            throw OperationFailure(.invalidField, attribute: .cryptographicLength)
        }
        self.objectType = objectType
        self.algorithm = algorithm
        self.length = length
        self.usageMask = usageMask
        self.dates = sorted.dates
        self.attributes = sorted.free
    }
}

/// The attributes of a request, each in its field.
private struct SortedAttributes {
    var algorithm: KeyAlgorithm?
    var length: Int?
    var usageMask: UsageMask?
    var dates = ObjectDates()
    var free: [Attribute] = []
    private var seen: Set<AttributeName> = []

    mutating func take(_ attribute: Attribute) throws(OperationFailure) {
        try AttributeLimits.check(attribute)
        let name = attribute.name
        guard let rule = AttributeRule.rule(for: name) else {
            throw OperationFailure(.attributeNotSupported, attribute: name)
        }
        guard rule.atCreation else { throw OperationFailure(.attributeReadOnly, attribute: name) }
        guard rule.hasManyInstances || seen.insert(name).inserted else {
            throw OperationFailure(.attributeHasOneInstance, attribute: name)
        }
        if try takeField(attribute) { return }
        guard free.count < AttributeLimits.count else { throw OperationFailure(.invalidField, attribute: name) }
        // Instances are numbered here: an index that a client puts into a template has no meaning (2.1.1).
        let index = free.count { $0.name == name }
        free.append(Attribute(name: name, index: index, value: attribute.value))
    }

    private mutating func takeField(_ attribute: Attribute) throws(OperationFailure) -> Bool {
        switch (attribute.name, attribute.value) {
        case (.cryptographicAlgorithm, .enumeration(let number)): algorithm = KeyAlgorithm(rawValue: number)
        case (.cryptographicLength, .integer(let bits)): length = Int(bits)
        case (.cryptographicUsageMask, .integer(let mask)): usageMask = UsageMask(rawValue: UInt32(bitPattern: mask))
        case (.activationDate, .dateTime(let date)): dates.activation = date
        case (.processStartDate, .dateTime(let date)): dates.processStart = date
        case (.protectStopDate, .dateTime(let date)): dates.protectStop = date
        case (.deactivationDate, .dateTime(let date)): dates.deactivation = date
        case (.cryptographicAlgorithm, _), (.cryptographicLength, _), (.cryptographicUsageMask, _),
            (.activationDate, _), (.processStartDate, _), (.protectStopDate, _), (.deactivationDate, _):
            throw OperationFailure(.invalidField, attribute: attribute.name)
        default: return false
        }
        return true
    }
}
