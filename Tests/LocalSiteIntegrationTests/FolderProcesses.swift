import Foundation

/// The command lines of what runs with the folder in its command line or environment: the broker's port mapper too, and
/// what scripts have started.
func processes(of folder: TemporaryFolder) throws -> [String] {
    let own = "\(ProcessInfo.processInfo.processIdentifier)"
    return try FileManager.default.contentsOfDirectory(atPath: "/proc").filter { Int($0) != nil && $0 != own }
        .compactMap { pid -> String? in
            let texts = ["cmdline", "environ"].map { file in
                String(
                    decoding: FileManager.default.contents(atPath: "/proc/\(pid)/\(file)") ?? Data(),
                    as: UTF8.self
                )
            }
            return texts.contains { $0.contains(folder.path) } ? texts[0] : nil
        }
}

/// Those that run until `deadline`: the broker's helpers end by themselves, behind it.
func processesLeft(of folder: TemporaryFolder, until deadline: ContinuousClock.Instant) async throws -> [String] {
    while try !processes(of: folder).isEmpty, ContinuousClock.now < deadline {
        try await Task.sleep(for: .milliseconds(20))
    }
    return try processes(of: folder)
}
