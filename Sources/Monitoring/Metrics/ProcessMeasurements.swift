internal import CoreMetrics
internal import Glibc
internal import Synchronization

/// What the system knows of this process, by the names that Prometheus's own libraries use.
final class ProcessMeasurements: Sendable {
    private let start = Gauge(label: "process_start_time_seconds")
    private let processor = FloatingPointCounter(label: "process_cpu_seconds_total")
    /// What the counter has counted.
    private let processorSeconds = Mutex(0.0)
    private let memory = Gauge(label: "process_resident_memory_bytes")
    private let openFiles = Gauge(label: "process_open_fds")
    private let mostFiles = Gauge(label: "process_max_fds")

    init(build version: String, startedAt seconds: Double = ProcessMeasurements.now) {
        Gauge(label: "keyferry_build_info", dimensions: [("version", version)]).record(1)
        start.record(seconds)
    }

    /// Asks the system: some system calls.
    func measure() {
        var usage = rusage()
        if getrusage(RUSAGE_SELF.rawValue, &usage) == 0 {
            let seconds = Self.seconds(usage.ru_utime) + Self.seconds(usage.ru_stime)
            processorSeconds.withLock { counted in
                processor.increment(by: seconds - counted)
                counted = seconds
            }
        }
        if let bytes = Self.residentByteCount() { memory.record(bytes) }
        if let count = Self.openFileCount() { openFiles.record(count) }
        var limit = rlimit()
        if getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 {
            mostFiles.record(Double(limit.rlim_cur))
        }
    }

    /// Since 1970, by the system's clock.
    static var now: Double {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec / 1_000_000) / 1_000
    }

    private static func seconds(_ time: timeval) -> Double {
        Double(time.tv_sec) + Double(time.tv_usec) / 1e6
    }

    /// proc(5), `/proc/self/statm`: sizes in pages, of which the second is the resident set.
    private static func residentByteCount() -> Int64? {
        guard let file = fopen("/proc/self/statm", "re") else { return nil }
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 128)
        let count = fread(&line, 1, line.count - 1, file)
        let text = String(decoding: line.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let fields = text.split(separator: " ")
        guard fields.count >= 2, let pages = Int64(fields[1]) else { return nil }
        return pages * Int64(sysconf(Int32(_SC_PAGESIZE)))
    }

    private static func openFileCount() -> Int64? {
        guard let folder = opendir("/proc/self/fd") else { return nil }
        defer { closedir(folder) }
        // Not counted: "." and "..", and the descriptor of this very question.
        var count: Int64 = -3
        while readdir(folder) != nil { count += 1 }
        return count
    }
}
