import Cryptography

/// Bytes from hexadecimal digits; white space is for the reader.
func bytes(_ hexadecimal: String) -> [UInt8] {
    let digits = hexadecimal.compactMap(\.hexDigitValue)
    precondition(digits.count.isMultiple(of: 2), "an odd number of digits")
    return stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
}

func secret(_ bytes: [UInt8]) throws -> SecretBytes {
    var secret = try SecretBytes(count: bytes.count)
    secret.withUnsafeMutableBytes { $0.copyBytes(from: bytes) }
    return secret
}

func contents(of secret: borrowing SecretBytes) -> [UInt8] {
    secret.withUnsafeBytes { Array($0) }
}

/// The code of the error that a body throws, or nil.
func failure(_ body: () throws -> Void) -> CryptographyError.Code? {
    do {
        try body()
        return nil
    } catch let error as CryptographyError {
        return error.code
    } catch {
        return nil
    }
}
