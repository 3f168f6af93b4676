import KeyModel

/// What a request is called in the logs of gateway and worker and in the audit trail: 16 hexadecimal digits.
enum RequestIdentifier {
    static func make() -> String {
        let number = UInt64.random(in: .min ... .max)
        return Hexadecimal.encode(withUnsafeBytes(of: number.bigEndian) { Array($0) })
    }
}
