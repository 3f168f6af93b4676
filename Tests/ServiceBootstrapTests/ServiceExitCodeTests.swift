import Testing

@testable import ServiceBootstrap

@Suite struct ServiceExitCodeTests {
    private struct Anything: Error {}

    @Test func errorsHaveTheirExitCode() {
        #expect(ServiceProcess.exitCode(of: ConfigurationError(.missing, "")) == .configuration)
        #expect(ServiceProcess.exitCode(of: ServiceFailure(.credentialRefused, "")) == .credentialRefused)
        #expect(ServiceProcess.exitCode(of: Anything()) == .failed)
    }

    /// Supervisors and unit files name these numbers.
    @Test func theNumbersStayAsTheyAre() {
        #expect(ServiceExitCode.credentialRefused.rawValue == 77)
        #expect(ServiceExitCode.configuration.rawValue == 78)
    }
}
