import ArgumentParser

/// Tests a site from outside, as its clients and operators see it. It takes addresses and files and starts nothing, so
/// that it runs in a container beside the site's.
@main
struct SiteTest: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "site-test",
        abstract: "Tests a Keyferry site from outside.",
        subcommands: [
            WaitCommand.self, ConversationsCommand.self, RegistrationCommand.self, LoadCommand.self, CountCommand.self,
        ]
    )
}

/// What a test found wrong.
struct SiteTestFailure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}

/// Fails with `message` unless `condition` holds.
func require(_ condition: Bool, _ message: @autoclosure () -> String) throws {
    guard condition else { throw SiteTestFailure(message()) }
}
