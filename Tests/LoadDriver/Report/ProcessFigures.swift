import Foundation
import Glibc

/// What the system says of one process.
package struct ProcessFigures: Sendable, Encodable {
    /// Resident memory in MiB.
    package let residentMiB: Double
    /// Processor time since its start, in seconds.
    package let processorSeconds: Double
    /// Open files; nil where the system does not tell us.
    package let openFiles: Int?

    /// - Throws: where there is no such process.
    package init(of pid: Int32) throws {
        let status = try Self.text("/proc/\(pid)/status")
        let resident = status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
        let kibibytes = resident?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Double($0) }
        guard let kibibytes else { throw LoadError("process \(pid) has no resident memory") }
        residentMiB = kibibytes / 1024
        // proc(5): the name, in parentheses, may hold anything; the fields are counted behind it.
        let stat = try Self.text("/proc/\(pid)/stat")
        let fields = stat[(stat.lastIndex(of: ")") ?? stat.startIndex)...].split(separator: " ")
        guard fields.count > 13, let user = Double(fields[12]), let system = Double(fields[13]) else {
            throw LoadError("/proc/\(pid)/stat is not as expected")
        }
        processorSeconds = (user + system) / Double(sysconf(Int32(_SC_CLK_TCK)))
        openFiles = try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(pid)/fd").count
    }

    /// Not by Data(contentsOf:), to which a file of size 0 is empty.
    private static func text(_ path: String) throws -> String {
        let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
        defer { try? file.close() }
        return String(decoding: try file.readToEnd() ?? Data(), as: UTF8.self)
    }
}
