import Glibc

/// The file that holds the broker's user and password: two lines, nothing more.
///
/// The bytes are read into one allocation, handed to the library as C strings, and wiped.
enum CredentialsFile {
    private static let largest = 1024

    /// - Throws: `credentialsUnusable`; its description names neither the path nor what the file holds.
    static func withCredentials<R>(
        path: String,
        _ body: (_ user: UnsafePointer<CChar>, _ password: UnsafePointer<CChar>) -> R
    ) throws(AMQPClientError) -> R {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw unusable("cannot be opened: \(String(cString: strerror(errno)))") }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { throw unusable("not a file") }
        guard status.st_mode & S_IRWXO == 0 else {
            throw unusable("every user of this machine can read it; set its mode to 0600")
        }
        // One byte more than allowed tells a file that is too long; one more ends the last line.
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: largest + 2, alignment: 1)
        defer { buffer.deallocate() }
        guard let start = buffer.baseAddress else { throw unusable("no memory") }
        defer { explicit_bzero(start, buffer.count) }
        buffer.initializeMemory(as: UInt8.self, repeating: 0)
        let count = read(file, start, largest + 1)
        guard count > 0, count <= largest else { throw unusable("it must hold two lines, at most 1024 bytes") }

        guard let lineEnd = buffer[..<count].firstIndex(of: UInt8(ascii: "\n")), lineEnd > 0 else {
            throw unusable("it must hold the user in the first line and the password in the second")
        }
        let passwordStart = lineEnd + 1
        let passwordEnd = buffer[passwordStart..<count].firstIndex(of: UInt8(ascii: "\n")) ?? count
        guard passwordEnd > passwordStart, passwordEnd >= count - 1, !buffer[..<count].contains(0) else {
            throw unusable("it must hold the user in the first line and the password in the second")
        }
        buffer[lineEnd] = 0
        buffer[passwordEnd] = 0
        let text = start.bindMemory(to: CChar.self, capacity: buffer.count)
        return body(text, text + passwordStart)
    }

    private static func unusable(_ reason: String) -> AMQPClientError {
        AMQPClientError(.credentialsUnusable, operation: "credentials file", detail: reason)
    }
}
