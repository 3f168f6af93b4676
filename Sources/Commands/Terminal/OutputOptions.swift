internal import AdminResources
internal import ArgumentParser

package enum OutputFormat: String, ExpressibleByArgument, CaseIterable, Sendable {
    /// For people.
    case table
    /// For scripts: as the REST API has it.
    case json
}

package struct OutputOptions: ParsableArguments {
    @Option(name: .shortAndLong, help: "How to print the result.")
    package var output = OutputFormat.table

    package init() {}

    /// Prints `resource` as JSON, or what `table` makes of it.
    func write(_ resource: some Encodable, table: () -> String) throws(CommandFailure) {
        switch output {
        case .table: Console.current.output(table())
        case .json:
            do {
                let json = try ResourceCoding.encode(resource, forPeople: true)
                Console.current.output(String(decoding: json, as: UTF8.self))
            } catch {
                throw CommandFailure(.notUnderstood, "the result has no JSON form")
            }
        }
    }
}
