import TTLV

// Writing a field that may be absent: nothing is written for nil.

extension ItemWriter {
    mutating func integerIfPresent(_ tag: Tag, _ value: Int32?) {
        if let value { integer(tag, value) }
    }

    mutating func longIntegerIfPresent(_ tag: Tag, _ value: Int64?) {
        if let value { longInteger(tag, value) }
    }

    mutating func enumerationIfPresent(_ tag: Tag, _ value: (some OpenEnumeration)?) {
        if let value { enumeration(tag, value) }
    }

    mutating func booleanIfPresent(_ tag: Tag, _ value: Bool?) {
        if let value { boolean(tag, value) }
    }

    mutating func textIfPresent(_ tag: Tag, _ value: String?) {
        if let value { text(tag, value) }
    }

    mutating func bytesIfPresent(_ tag: Tag, _ value: [UInt8]?) {
        if let value { bytes(tag, value) }
    }

    mutating func dateTimeIfPresent(_ tag: Tag, _ value: Int64?) {
        if let value { dateTime(tag, value) }
    }

    mutating func intervalIfPresent(_ tag: Tag, _ value: UInt32?) {
        if let value { interval(tag, value) }
    }

    mutating func secretTextIfPresent(_ tag: Tag, _ value: (any SecretContent)?) {
        if let value { secretText(tag, value) }
    }
}
