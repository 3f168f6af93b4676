import Foundation
import PipelineSite
import TestServices
import Testing

extension EndToEnd {
    /// The real admin front, with a real worker behind it, held to `Schemas/rest/openapi.yaml` by a program that is not ours.
    @Suite struct RESTContract {
        /// For every operation requests that the contract allows, and such that it does not; then sequences of them, with
        /// what one answers in the next. What is found is in the output, with a command that shows it again.
        @Test(.enabled(if: ServiceRequirement.areAllRequired || ForeignClients.python != nil))
        func schemathesisFindsNothing() async throws {
            try await withSite { site in
                let contractFile = ForeignClients.file("Schemas/rest/openapi.yaml")
                let python = try #require(ForeignClients.python, "schemathesis is not installed: make foreign-clients")
                let finished = try await FinishedProgram.run(
                    python,
                    [
                        "-m", "schemathesis.cli", "--no-color",
                        "--config-file", ForeignClients.file("Tests/ForeignClients/schemathesis.toml"),
                        "run", contractFile,
                        "--url", "https://localhost:\(site.adminPort)",
                        "--request-cert", site.home + "/operators/first.pem",
                        "--request-cert-key", site.home + "/operators/first.key",
                        "--tls-verify", site.home + "/authorities/services.pem",
                        "--phases", "coverage,fuzzing,stateful", "--max-examples", "15", "--seed", "20261128",
                        "--generation-database", "none", "--warnings", "off",
                    ],
                    limit: .seconds(180)
                )
                #expect(finished.exitCode == 0, "\(finished.output)")
                let contract = try String(contentsOfFile: contractFile, encoding: .utf8)
                let operationCount = contract.split(separator: "\n").count { $0.contains("operationId:") }
                try #require(operationCount > 0, "the contract has no operations")
                let tested = finished.output.matches(of: /Tested: (\d+)/).compactMap { Int($0.1) }.first
                #expect(tested == operationCount, "\(finished.output)")
            }
        }
    }
}
