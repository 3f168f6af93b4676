import KMIPClient
import KeyLoad
import PipelineSite

/// A load of new keys on a site, and their count.
struct SiteLoad {
    let site: PipelineSite
    let client: SiteClient
    var clientCount = 8

    /// Creates until `disturb` has ended and some more keys are acknowledged.
    ///
    /// - Parameter gateways: that clients go to, in turn; each stays with its own.
    func run(
        on gateways: [Int] = [1],
        while disturb: () async throws -> Void
    ) async throws -> CreateLoad.Result {
        var load = CreateLoad { [site, client] number in
            try await site.connect(as: client, gateway: gateways[number % gateways.count])
        }
        load.clientCount = clientCount
        return try await load.run { _ in try await disturb() }
    }

    /// - Returns: what is wrong with the keys of a load, as `KeyCount` finds it.
    func verify(_ result: CreateLoad.Result, before: Int) async throws -> [String] {
        try await counting { try await $0.problems(of: result, before: before) }
    }

    /// How many keys the client has.
    func keyCount() async throws -> Int {
        try await counting { try await $0.total() }
    }

    private func counting<Value>(_ body: (KeyCount) async throws -> Value) async throws -> Value {
        let connection = try await site.connect(as: client)
        do {
            let value = try await body(KeyCount(over: connection))
            await connection.close()
            return value
        } catch {
            await connection.close()
            throw error
        }
    }
}
