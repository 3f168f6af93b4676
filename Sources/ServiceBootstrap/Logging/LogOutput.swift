import Glibc
import Synchronization

/// Where log lines go: a file descriptor, to which whole lines are written one after the other.
package final class LogOutput: Sendable {
    package static let standardError = LogOutput(fileDescriptor: STDERR_FILENO)

    private let fileDescriptor: Mutex<Int32>

    /// - Parameter fileDescriptor: stays the caller's, who closes it after the last line.
    package init(fileDescriptor: Int32) {
        self.fileDescriptor = Mutex(fileDescriptor)
    }

    /// A line that cannot be written is lost: a full disk or a closed pipe must not stop a key from being served.
    func write(_ line: String) {
        var line = line
        fileDescriptor.withLock { descriptor in
            line.withUTF8 { bytes in
                var rest = UnsafeRawBufferPointer(bytes)
                while let start = rest.baseAddress, !rest.isEmpty {
                    let written = Glibc.write(descriptor, start, rest.count)
                    if written < 0 {
                        if errno == EINTR { continue }
                        return
                    }
                    rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(written))
                }
            }
        }
    }
}
