import Foundation
import Glibc

/// The memory of a process that runs. Only root may look at that of a process that forbids dumps.
package enum ProcessMemory {
    package static var isReadable: Bool { geteuid() == 0 }

    private static let pieceByteCount = 4 << 20
    /// Longer than any pattern: pieces overlap by so much.
    private static let overlap = 256

    /// - Returns: for each pattern, in which forms it is there.
    package static func search(_ pid: Int32, for patterns: [SecretPattern]) throws -> [Set<String>] {
        let descriptor = open("/proc/\(pid)/mem", O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw PipelineSiteError("the memory of \(pid) can't be read: errno \(errno)") }
        defer { close(descriptor) }
        var found = [Set<String>](repeating: [], count: patterns.count)
        var piece = [UInt8](repeating: 0, count: pieceByteCount)
        for region in try readableRegions(of: pid) {
            var start = region.lowerBound
            while start < region.upperBound {
                let wanted = min(pieceByteCount, Int(region.upperBound - start))
                let count = piece.withUnsafeMutableBytes { pread(descriptor, $0.baseAddress, wanted, off_t(start)) }
                guard count > 0 else { break }
                piece.withUnsafeBytes { bytes in
                    let read = UnsafeRawBufferPointer(rebasing: bytes[..<count])
                    for (index, pattern) in patterns.enumerated() { found[index].formUnion(pattern.found(in: read)) }
                }
                guard count == pieceByteCount else { break }
                start += UInt64(pieceByteCount - overlap)
            }
        }
        return found
    }

    /// proc(5), `/proc/PID/maps`: `start-end permissions …`.
    private static func readableRegions(of pid: Int32) throws -> [Range<UInt64>] {
        // Not by Data(contentsOf:), to which a file of size 0 is empty.
        let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: "/proc/\(pid)/maps"))
        let text = String(decoding: try file.readToEnd() ?? Data(), as: UTF8.self)
        return text.split(separator: "\n").compactMap { line in
            let fields = line.split(separator: " ")
            guard fields.count >= 2, fields[1].hasPrefix("r"), !line.hasSuffix("[vvar]"), !line.hasSuffix("[vsyscall]")
            else { return nil }
            let ends = fields[0].split(separator: "-").compactMap { UInt64($0, radix: 16) }
            guard ends.count == 2, ends[0] < ends[1] else { return nil }
            return ends[0]..<ends[1]
        }
    }
}
