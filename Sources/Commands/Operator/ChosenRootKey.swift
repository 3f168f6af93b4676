internal import AdminClient
internal import AdminResources
package import ArgumentParser

package struct RootKeyOption: ParsableArguments {
    @Option(name: [.customShort("k"), .long], help: "The root key: its identifier, or its name.")
    package var rootKey: String

    package init() {}
}

/// A root key as the user calls it, found.
struct ChosenRootKey: Hashable {
    let identifier: String
    let name: String
    let partition: String

    /// - Throws: `.refused` where there is none, or more than one: those that there are, are named.
    init(_ text: String, of client: AdminRESTClient) async throws(CommandFailure) {
        let all = try await Self.all(of: client)
        let found = all.filter { $0.identifier == text }
        let named = all.filter { $0.name == text }
        guard let chosen = found.first ?? (named.count == 1 ? named.first : nil) else {
            throw Self.missing(text, all, isAmbiguous: named.count > 1)
        }
        self = chosen
    }

    private init(_ rootKey: RootKeyResource, partition: String) {
        identifier = rootKey.identifier
        name = rootKey.name
        self.partition = partition
    }

    /// The partition of the server.
    static func partition(of client: AdminRESTClient) async throws(CommandFailure) -> String {
        let partitions = Set(try await described(by: client).map(\.name))
        guard let partition = partitions.first, partitions.count == 1 else {
            throw CommandFailure(.notUnderstood, "this server does not say which partition it is of")
        }
        return partition
    }

    /// Those that a worker has told of.
    static func all(of client: AdminRESTClient) async throws(CommandFailure) -> [ChosenRootKey] {
        try await described(by: client).flatMap { partition in
            (partition.details?.rootKeys ?? []).map { ChosenRootKey($0, partition: partition.name) }
        }
    }

    private static func described(by client: AdminRESTClient) async throws(CommandFailure) -> [PartitionResource] {
        let status = try await requesting { () async throws(AdminClientError) in try await client.status() }
        let described = status.partitions.filter { $0.details != nil }
        guard !described.isEmpty else {
            throw CommandFailure(
                .unavailable,
                "no worker answered, so nobody knows the root keys",
                advice: "'keyferry status' shows who is heard."
            )
        }
        return described
    }

    private static func missing(_ text: String, _ all: [ChosenRootKey], isAmbiguous: Bool) -> CommandFailure {
        if isAmbiguous {
            return CommandFailure(
                .refused,
                "there is more than one root key '\(printable(text))'",
                advice: "Give the identifier: "
                    + all.filter { $0.name == text }.map { printable($0.identifier) }.joined(separator: ", ")
            )
        }
        let near = Suggestion.nearest(to: text, among: all.flatMap { [$0.name, $0.identifier] })
        return CommandFailure(
            .refused,
            "there is no root key '\(printable(text))'" + (near.map { "; did you mean '\(printable($0))'?" } ?? ""),
            advice: near == nil ? "'keyferry status' shows those there are." : nil
        )
    }
}
