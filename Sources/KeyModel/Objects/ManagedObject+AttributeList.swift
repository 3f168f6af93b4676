/// Every attribute of an object, whether the record keeps it as a field or as a row (KMIP 1.4, chapter 3).
extension ManagedObject {
    /// The instances of the attributes called `names`, in that order; all attributes where `names` is empty (4.12).
    ///
    /// A name that the object has no value for contributes nothing and is no error.
    package func attributes(named names: [AttributeName]) -> [Attribute] {
        let all = allAttributes
        guard !names.isEmpty else { return all }
        var seen: Set<AttributeName> = []
        return names.flatMap { name in
            seen.insert(name).inserted ? all.filter { $0.name == name } : []
        }
    }

    /// The names of all attributes that the object has, each once (4.13).
    package var attributeNames: [AttributeName] {
        var seen: Set<AttributeName> = []
        return allAttributes.map(\.name).filter { seen.insert($0).inserted }
    }

    package var allAttributes: [Attribute] {
        var list: [Attribute] = [
            Attribute(name: .uniqueIdentifier, value: .text(identifier.text)),
            Attribute(name: .objectType, value: .enumeration(objectType.rawValue)),
            Attribute(name: .cryptographicAlgorithm, value: .enumeration(algorithm.rawValue)),
            Attribute(name: .cryptographicLength, value: .integer(Int32(clamping: length))),
            Attribute(name: .digest, value: digestValue),
            Attribute(name: .cryptographicUsageMask, value: .integer(Int32(bitPattern: usageMask.rawValue))),
            Attribute(name: .state, value: .enumeration(state.rawValue)),
        ]
        for (name, date) in datesByName {
            if let date { list.append(Attribute(name: name, value: .dateTime(date))) }
        }
        if let revocationReason {
            list.append(Attribute(name: .revocationReason, value: revocationReason.attributeValue))
        }
        return list + attributes
    }

    private var datesByName: [(AttributeName, Timestamp?)] {
        [
            (.initialDate, dates.initial),
            (.activationDate, dates.activation),
            (.processStartDate, dates.processStart),
            (.protectStopDate, dates.protectStop),
            (.deactivationDate, dates.deactivation),
            (.destroyDate, dates.destroy),
            (.compromiseOccurrenceDate, dates.compromiseOccurrence),
            (.compromiseDate, dates.compromise),
            (.lastChangeDate, dates.lastChange),
            (.originalCreationDate, dates.initial),
        ]
    }

    /// SHA-256 over the Raw form (3.17; Hashing Algorithm 9.1.3.2.16, Key Format Type 9.1.3.2.3).
    private var digestValue: AttributeValue {
        .structure([
            AttributeValue.Field(name: "Hashing Algorithm", value: .enumeration(6)),
            AttributeValue.Field(name: "Digest Value", value: .bytes(digest)),
            AttributeValue.Field(name: "Key Format Type", value: .enumeration(1)),
        ])
    }
}

extension RevocationReason {
    fileprivate var attributeValue: AttributeValue {
        var fields = [AttributeValue.Field(name: "Revocation Reason Code", value: .enumeration(code.rawValue))]
        if let message {
            fields.append(AttributeValue.Field(name: "Revocation Message", value: .text(message)))
        }
        return .structure(fields)
    }
}
