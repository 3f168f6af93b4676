extension ConfigurationReader {
    /// The name of a partition, which becomes part of queue names and routing keys.
    func partition(_ key: String) throws(ConfigurationError) -> String {
        let name = try text(key)
        let allowed = name.utf8.allSatisfy { byte in
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: "-")
        }
        guard allowed, name.utf8.count <= 32 else {
            throw refusal(key, "\(name) is not a partition's name (1 to 32 of a-z, 0-9 and -)")
        }
        return name
    }
}
