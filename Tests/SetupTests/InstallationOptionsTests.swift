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

    @Test func theStateIsInTheHomeOrApartFromIt() throws {
        let together = try InstallationOptions(home: "/srv/keyferry").home
        #expect(!together.hasStateOfItsOwn)
        #expect(together.databaseFile == "/srv/keyferry/store/keyferry.sqlite")
        let apart = try InstallationOptions(home: "/etc/keyferry", state: "/var/lib/keyferry/").home
        #expect(apart.hasStateOfItsOwn)
        #expect(apart.databaseFile == "/var/lib/keyferry/store/keyferry.sqlite")
        #expect(apart.guardFolder == "/var/lib/keyferry/token")
        #expect(apart.pinFile == "/etc/keyferry/token/pin")
        for state in ["/etc/keyferry/state", "/etc", "/var/lib/a#b"] {
            #expect(throws: SetupError(.optionInvalid, "")) {
                try InstallationOptions(home: "/etc/keyferry", state: state)
            }
        }
    }

    @Test func theStatesOwnerIsAUserOfTheSystem() throws {
        #expect(try StateOwner(name: "root") == StateOwner(ofFolder: "/"))
        #expect(throws: SetupError(.optionInvalid, "")) { try StateOwner(name: "nobody-of-this-name") }
    }

    @Test func pathsAreQuotedForYAML() {
        #expect(ConfigurationFiles.quoted("/srv/it's: here") == "'/srv/it''s: here'")
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
