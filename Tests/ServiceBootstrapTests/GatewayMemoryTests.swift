import Foundation
import Testing

@testable import ServiceBootstrap

/// The memory for keys holds the longest request of a client that has its share of it and no more.
@Suite struct GatewayMemoryTests {
    private static let example = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Schemas/config/gateway.example.yaml").path

    private func refusal(secretBytes: Int, messageBytes: Int) async throws -> String? {
        do {
            _ = try await ConfigurationReader.read(
                GatewaySettings.self,
                path: Self.example,
                environment: [
                    "KEYFERRY_MEMORY_SECRET_BYTES": "\(secretBytes)",
                    "KEYFERRY_LIMITS_MESSAGE_BYTES": "\(messageBytes)",
                ]
            )
            return nil
        } catch {
            return "\(error)"
        }
    }

    @Test(arguments: [
        (4 << 20, 1 << 20), (131_072, 32_768), (131_072, 1_024), (64 << 20, 16 << 20), (1 << 30, 16 << 20),
    ])
    func whatHoldsARequestIsTaken(secretBytes: Int, messageBytes: Int) async throws {
        #expect(try await refusal(secretBytes: secretBytes, messageBytes: messageBytes) == nil)
    }

    @Test(arguments: [((4 << 20) - 1, 1 << 20), (131_072, 32_769), (131_071, 1_024), (4 << 20, 16 << 20)])
    func whatIsTooSmallIsRefused(secretBytes: Int, messageBytes: Int) async throws {
        let least = max(4 * messageBytes, 131_072)
        #expect(
            try await refusal(secretBytes: secretBytes, messageBytes: messageBytes)
                == "KEYFERRY_MEMORY_SECRET_BYTES: \(secretBytes) is too small for limits.messageBytes:"
                + " it takes four times as much (\(least) at least)"
        )
    }
}
