/// How an item's value is encoded (KMIP 1.4, section 9.1.1.2).
package enum ItemType: UInt8, Sendable {
    case structure = 0x01
    case integer = 0x02
    case longInteger = 0x03
    case bigInteger = 0x04
    case enumeration = 0x05
    case boolean = 0x06
    case textString = 0x07
    case byteString = 0x08
    case dateTime = 0x09
    case interval = 0x0A

    /// Whether a value of this type may have that many bytes (section 9.1.1.3, table of allowed lengths).
    func allows(length: Int) -> Bool {
        switch self {
        case .integer, .enumeration, .interval: length == 4
        case .longInteger, .boolean, .dateTime: length == 8
        case .structure: length % 8 == 0
        case .bigInteger: length > 0 && length % 8 == 0
        case .textString, .byteString: true
        }
    }
}
