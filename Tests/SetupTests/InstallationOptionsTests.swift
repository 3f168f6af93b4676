import Testing

@testable import Setup

@Suite struct InstallationOptionsTests {
    @Test func localhostIsTheDefaultAndBringsItsAddress() throws {
        let options = try InstallationOptions(home: "/srv/keyferry")
        #expect(options.gatewayHosts == ["localhost", "127.0.0.1"])
        #expect(options.adminHosts == ["localhost", "127.0.0.1"])
    }

    @Test func theGatewayHasTheHostsThatAreGiven() throws {
        var options = try InstallationOptions(home: "/srv/keyferry", hosts: ["keys.example.com", "192.0.2.7"])
        #expect(options.gatewayHosts == ["keys.example.com", "192.0.2.7"])
        #expect(options.adminHosts == ["localhost", "127.0.0.1", "keys.example.com", "192.0.2.7"])
        options.operatorHosts = ["admin", "localhost"]
        #expect(options.adminHosts == ["localhost", "127.0.0.1", "keys.example.com", "192.0.2.7", "admin"])
        #expect(options.gatewayHosts == ["keys.example.com", "192.0.2.7"])
    }

    @Test(arguments: ["", "Main", "a.b", "a#", String(repeating: "a", count: 33)])
    func aPartitionsNameIsFitForARoutingKey(name: String) {
        #expect(throws: SetupError(.optionInvalid, "")) {
            try InstallationOptions(home: "/srv/keyferry", partition: name)
        }
    }

    @Test func theHomeIsAbsoluteAndFitForSoftHSMsConfiguration() throws {
        #expect(try InstallationOptions(home: "keyferry/").home.path.hasPrefix("/"))
        #expect(try InstallationOptions(home: "/srv/keyferry/").home.path == "/srv/keyferry")
        #expect(throws: SetupError(.optionInvalid, "")) { try InstallationOptions(home: "/srv/a#b") }
    }

    @Test func configurationLinesAreReplacedWholeAndOnce() throws {
        let example = "# port: 1\nlisten:\n  # port: 1\n"
        let made = try ConfigurationFiles.applying([("  # port: 1", "  port: 2")], to: example)
        #expect(made == "# port: 1\nlisten:\n  port: 2\n")
        #expect(throws: SetupError(.installationDamaged, "")) {
            try ConfigurationFiles.applying([("port: 1", "port: 2")], to: example)
        }
    }
}
