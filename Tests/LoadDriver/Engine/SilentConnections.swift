import NIOCore
import NIOPosix

/// TCP connections that say nothing.
package struct SilentConnections: Sendable {
    private let channels: [any Channel]

    /// Opens them, some at a time. Those that the server closes in between count as well.
    package static func open(_ count: Int, to target: LoadTarget) async throws -> SilentConnections {
        try await withThrowingTaskGroup(of: (any Channel).self) { group in
            var channels: [any Channel] = []
            for number in 0..<count {
                if number >= 32, let channel = try await group.next() { channels.append(channel) }
                group.addTask {
                    let bootstrap = ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                    return try await bootstrap.connect(to: target.address).get()
                }
            }
            for try await channel in group { channels.append(channel) }
            return SilentConnections(channels: channels)
        }
    }

    package func close() async {
        for channel in channels { try? await channel.close() }
    }
}
