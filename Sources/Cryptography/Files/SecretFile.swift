import Glibc

/// Secrets in files: a PIN, a password, a private key.
extension SecretBytes {
    /// Reads a file straight into secure memory, without one trailing line end.
    ///
    /// The file must be a regular one that others can't read or write and its group can't write; a link to one is
    /// followed, as container platforms mount secrets that way.
    package init(contentsOfFile path: String, maximumByteCount: Int = 4_096) throws(CryptographyError) {
        // Without O_NONBLOCK, opening a pipe would wait for its writer.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
        try Self.checkSystem(descriptor, "open")
        defer { close(descriptor) }
        var status = stat()
        try Self.checkSystem(fstat(descriptor, &status), "fstat")
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw CryptographyError(code: .fileNotRegular, operation: "fstat")
        }
        guard status.st_mode & (S_IRWXO | S_IWGRP) == 0 else {
            throw CryptographyError(code: .filePermissionsTooOpen, operation: "fstat")
        }
        guard status.st_size <= maximumByteCount else {
            throw CryptographyError(code: .fileTooLarge, operation: "fstat")
        }
        var content = try SecretBytes(count: Int(status.st_size))
        let readCount = content.withUnsafeMutableBytes { Self.fill($0, from: descriptor) }
        try Self.checkSystem(readCount, "read")
        content.truncate(to: Int(readCount))
        content.trimLineEnd()
        self = content
    }

    /// Writes the secret to a file of mode 0600, durably.
    package borrowing func write(toFile path: String, replacing: Bool = false) throws(CryptographyError) {
        try withUnsafeBytes { bytes throws(CryptographyError) in
            try DurableFile.write(bytes, to: path, mode: 0o600, replacing: replacing)
        }
    }

    /// Random text of letters and digits that are not easily taken for each other, five bits each: a PIN, a password.
    package static func randomText(characterCount: Int) throws(CryptographyError) -> SecretBytes {
        let alphabet: StaticString = "abcdefghijkmnpqrstuvwxyz23456789"
        var text = try random(count: characterCount)
        text.withUnsafeMutableBytes { bytes in
            for index in bytes.indices { bytes[index] = alphabet.utf8Start[Int(bytes[index] & 31)] }
        }
        return text
    }

    private mutating func trimLineEnd() {
        let lineEnd = withUnsafeBytes { bytes in
            guard bytes.last == UInt8(ascii: "\n") else { return 0 }
            return bytes.dropLast().last == UInt8(ascii: "\r") ? 2 : 1
        }
        truncate(to: count - lineEnd)
    }

    /// Reads until the buffer is full or the file ends. Returns the number of bytes, or -1.
    private static func fill(_ buffer: UnsafeMutableRawBufferPointer, from descriptor: Int32) -> Int32 {
        var filled = 0
        while filled < buffer.count {
            let target = UnsafeMutableRawBufferPointer(rebasing: buffer[filled...])
            let result = read(descriptor, target.baseAddress, target.count)
            if result < 0, errno == EINTR { continue }
            if result < 0 { return -1 }
            if result == 0 { break }
            filled += result
        }
        return Int32(clamping: filled)
    }

    private static func checkSystem(_ result: Int32, _ operation: String) throws(CryptographyError) {
        guard result < 0 else { return }
        throw CryptographyError(
            code: .fileUnreadable,
            operation: operation,
            cause: String(cString: strerror(errno))
        )
    }
}
