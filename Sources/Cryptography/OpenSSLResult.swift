import CCrypto

/// Turns a libcrypto result that must be 1 (or positive) into an error, and empties the thread's error queue.
func check(
    _ result: Int32,
    _ code: CryptographyError.Code,
    _ operation: String
) throws(CryptographyError) {
    guard result > 0 else {
        throw CryptographyError(code: code, operation: operation, cause: drainErrorQueue())
    }
}

/// Turns a condition that must hold into an error, and empties the thread's error queue.
func check(
    _ holds: Bool,
    _ code: CryptographyError.Code,
    _ operation: String
) throws(CryptographyError) {
    try check(Int32(holds ? 1 : 0), code, operation)
}

/// Turns a null pointer into an error, and empties the thread's error queue.
func check<Pointer>(
    _ pointer: Pointer?,
    _ code: CryptographyError.Code,
    _ operation: String
) throws(CryptographyError) -> Pointer {
    guard let pointer else {
        throw CryptographyError(code: code, operation: operation, cause: drainErrorQueue())
    }
    return pointer
}

/// Empties the calling thread's OpenSSL error queue and returns its library and reason texts.
///
/// Emptying matters beyond the text: libssl reads the same queue to tell what became of a TLS call.
func drainErrorQueue() -> String {
    var reasons: [String] = []
    while true {
        let error = ERR_get_error()
        guard error != 0 else { break }
        let library = ERR_lib_error_string(error).map { String(cString: $0) } ?? "library \(ERR_GET_LIB(error))"
        let reason = ERR_reason_error_string(error).map { String(cString: $0) } ?? "reason \(ERR_GET_REASON(error))"
        reasons.append("\(library): \(reason)")
    }
    return reasons.joined(separator: "; ")
}

/// Runs one of libcrypto's `i2d` functions, which first tell a length and then write the bytes.
func encodeDER(
    _ operation: String,
    _ encode: (UnsafeMutablePointer<UnsafeMutablePointer<UInt8>?>?) -> Int32
) throws(CryptographyError) -> [UInt8] {
    let length = encode(nil)
    try check(length, .operationFailed, operation)
    var bytes = [UInt8](repeating: 0, count: Int(length))
    let written = bytes.withUnsafeMutableBufferPointer { buffer in
        var next = buffer.baseAddress
        return encode(&next)
    }
    try check(written == length, .operationFailed, operation)
    return bytes
}
