/// The bounds within which a message is read.
package struct ReaderLimits: Sendable {
    /// What a structure's leftover fields mean.
    package enum UnknownItems: Sendable {
        /// They are an error: for requests.
        case refused
        /// They are passed over: for answers of servers that know more than this code does.
        case ignored
    }

    /// How deep structures may be nested. The deepest that the standard defines (a field of Cryptographic Parameters
    /// in the Key Wrapping Data of an object in a Register request) is nine.
    package var maximumDepth = 24
    /// The highest tag of the standard's range that the message's protocol version defines.
    package var newestTag = Tag(0x42FFFF)
    package var unknownItems = UnknownItems.refused

    package init() {}
}
