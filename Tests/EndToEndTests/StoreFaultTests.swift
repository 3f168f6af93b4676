import AdminClient
import AdminResources
import Glibc
import KMIP
import KMIPClient
import KeyLoad
import LocalSite
import PipelineSite
import TestServices
import Testing

extension EndToEnd {
    /// A key store that takes no writes. Health says so, clients are not told "normal", and nothing is half done.
    @Suite struct StoreFaults {
        /// Another program holds the write lock, as a backup or a stuck tool would.
        @Test func aStoreThatIsLockedIsUnhealthyUntilItIsFree() async throws {
            try await withSite { site in
                let client = try site.firstClient()
                try await site.stop(.worker(1))
                try await site.start(.worker(1), environment: ["KEYFERRY_STORE_BUSY_SECONDS": "1"])
                try await site.waitUntilServing()
                let load = SiteLoad(site: site, client: client)
                let before = try await load.keyCount()
                let lock = try StoreWriteLock(of: site.home + "/store/keyferry.sqlite")
                try await site.wait("the worker to notice") {
                    site.log(of: .worker(1)).contains("not healthy: takes no jobs")
                }
                try await site.wait("the gateway to notice") {
                    site.log(of: .gateway(1)).contains("not serving: no healthy worker is heard")
                }
                let connection = try await site.connect(as: client)
                await #expect(throws: KMIPClientError(.connectionClosed)) {
                    try await KMIPConversation(over: connection, version: .v11).discoverVersions()
                }
                let status = try await site.adminClient().status()
                // The one that was stopped to begin with is remembered, as silent.
                #expect(Set(status.workers.map(\.health)).subtracting([.silent]) == [.storeFailing])
                lock.release()
                try await site.waitUntilServing()
                #expect(try await load.keyCount() == before)
                _ = try await site.conversing(as: client) { try await $0.createKey() }
            }
        }

        /// Gives a worker a store that is a file system of its own, which it alone sees and which goes with it: in
        /// namespaces for which nobody needs to be root (user_namespaces(7)). It has 16 megabytes, four times what
        /// SQLite lets its log grow to.
        private static let onSmallDisk =
            ownNamespaces + [
                "/bin/sh", "-ec",
                """
                mkdir "$HOME/small"
                mount -t tmpfs -o size=16m,mode=0700 tmpfs "$HOME/small"
                cp -r --preserve=mode "$HOME/store/." "$HOME/small"
                mount --bind "$HOME/small" "$HOME/store"
                exec "$@"
                """,
                "sh",
            ]

        /// Root needs no user namespace, which not every system allows.
        private static let ownNamespaces =
            ["/usr/bin/unshare"] + (geteuid() == 0 ? [] : ["--user", "--map-root-user"]) + ["--mount"]

        private static func canMount() async -> Bool {
            let arguments = ownNamespaces.dropFirst() + ["/usr/bin/mount", "-t", "tmpfs", "tmpfs", "/mnt"]
            return (try? await FinishedProgram.run(ownNamespaces[0], Array(arguments)))?.exitCode == 0
        }

        /// Skipped where the system does not let us; where nothing may be skipped it fails instead.
        static func mustOrCanMount() async -> Bool {
            if ServiceRequirement.areAllRequired { return true }
            return await canMount()
        }

        /// Creates are refused or cut off while the disk is full; what was promised before and after is there.
        @Test(.enabled("a small file system can be mounted", mustOrCanMount)) func aFullDisk() async throws {
            let isPossible = await Self.canMount()
            try #require(isPossible, "unshare --mount (--user for who is not root) and mount must be allowed")
            try await withSite(workerWrapper: Self.onSmallDisk) { site in
                try await fillAndMend(site)
            }
        }

        private func fillAndMend(_ site: PipelineSite) async throws {
            let load = SiteLoad(site: site, client: try site.firstClient(), clientCount: 2)
            let before = try await load.keyCount()
            let pid = try await site.process(.worker(1)).pid
            // In the store as the worker has it (proc(5), `/proc/PID/root`).
            let filler = "/proc/\(pid)/root\(site.home)/store/filler"
            let result = try await load.run {
                try await Task.sleep(for: .milliseconds(500))
                try Self.fill(filler)
                try await site.wait("the worker to notice") {
                    site.log(of: .worker(1)).contains("not healthy: takes no jobs")
                }
                #expect(unlink(filler) == 0)
                try await site.waitUntilServing()
            }
            #expect(!result.unanswered.isEmpty)
            #expect(try await load.verify(result, before: before) == [])
            #expect(try await site.process(.worker(1)).pid == pid)
            #expect(try await site.process(.worker(1)).end == nil)
        }

        /// Writes until there is no room.
        private static func fill(_ path: String) throws {
            let descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
            guard descriptor >= 0 else { throw PipelineSiteError("\(path): errno \(errno)") }
            defer { close(descriptor) }
            let zeros = [UInt8](repeating: 0, count: 512)
            while write(descriptor, zeros, zeros.count) > 0 {}
            guard errno == ENOSPC else { throw PipelineSiteError("\(path) ends with errno \(errno)") }
        }
    }
}

/// SQLite's write lock in WAL mode: byte 120 of the `-shm` file (SQLite, "WAL-Mode File Format", 2.3).
private final class StoreWriteLock {
    private let descriptor: Int32

    init(of database: String) throws {
        descriptor = open(database + "-shm", O_RDWR | O_CLOEXEC)
        guard descriptor >= 0 else { throw PipelineSiteError("\(database)-shm: errno \(errno)") }
        var lock = flock(l_type: Int16(F_WRLCK), l_whence: Int16(SEEK_SET), l_start: 120, l_len: 1, l_pid: 0)
        guard fcntl(descriptor, F_SETLKW, &lock) == 0 else { throw PipelineSiteError("no lock: errno \(errno)") }
    }

    func release() { close(descriptor) }
}
