extension ConfigurationReader {
    /// A key of the token by its CKA_ID: 32 hexadecimal digits. It is no secret.
    func tokenKey(_ key: String) throws(ConfigurationError) -> [UInt8] {
        try identifier(key, try text(key))
    }

    func optionalTokenKey(_ key: String) throws(ConfigurationError) -> [UInt8]? {
        guard let text = try optionalText(key) else { return nil }
        return try identifier(key, text)
    }

    private func identifier(_ key: String, _ text: String) throws(ConfigurationError) -> [UInt8] {
        let digits = text.compactMap(\.hexDigitValue).map { UInt8($0) }
        guard digits.count == 32, text.count == 32 else {
            throw refusal(key, "\(text) is not the identifier of a key (32 hexadecimal digits)")
        }
        return stride(from: 0, to: 32, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
    }
}
