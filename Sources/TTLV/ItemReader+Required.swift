// Fields that must be there, at this place: the same as the optional ones, with `missingItem` for an absent one.

extension ItemReader {
    @_lifetime(copy self)
    package mutating func structure(_ tag: Tag) throws(TTLVError) -> ItemReader {
        guard let reader = try structureIfPresent(tag) else { throw TTLVError(.missingItem, tag) }
        return reader
    }

    package mutating func integer(_ tag: Tag) throws(TTLVError) -> Int32 {
        try required(tag, integerIfPresent(tag))
    }

    package mutating func longInteger(_ tag: Tag) throws(TTLVError) -> Int64 {
        try required(tag, longIntegerIfPresent(tag))
    }

    package mutating func bigInteger(_ tag: Tag) throws(TTLVError) -> [UInt8] {
        try required(tag, bigIntegerIfPresent(tag))
    }

    package mutating func enumeration(_ tag: Tag) throws(TTLVError) -> UInt32 {
        try required(tag, enumerationIfPresent(tag))
    }

    package mutating func boolean(_ tag: Tag) throws(TTLVError) -> Bool {
        try required(tag, booleanIfPresent(tag))
    }

    package mutating func text(_ tag: Tag) throws(TTLVError) -> String {
        try required(tag, textIfPresent(tag))
    }

    package mutating func bytes(_ tag: Tag) throws(TTLVError) -> [UInt8] {
        try required(tag, bytesIfPresent(tag))
    }

    package mutating func dateTime(_ tag: Tag) throws(TTLVError) -> Int64 {
        try required(tag, dateTimeIfPresent(tag))
    }

    package mutating func interval(_ tag: Tag) throws(TTLVError) -> UInt32 {
        try required(tag, intervalIfPresent(tag))
    }

    package mutating func secretBytes(_ tag: Tag, _ make: SecretFactory) throws -> any SecretContent {
        guard let secret = try secretBytesIfPresent(tag, make) else { throw TTLVError(.missingItem, tag) }
        return secret
    }

    package mutating func value(_ tag: Tag) throws(TTLVError) -> ItemValue {
        try required(tag, valueIfPresent(tag))
    }

    private func required<Value>(_ tag: Tag, _ value: Value?) throws(TTLVError) -> Value {
        guard let value else { throw TTLVError(.missingItem, tag) }
        return value
    }
}
