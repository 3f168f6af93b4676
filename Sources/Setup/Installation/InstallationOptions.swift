package import Cryptography
package import KeyModel

/// What the gateway's TLS certificate is made with. One of them, never both: vCenter pins the one it saw.
package enum ServerKeyKind: String, Sendable, CaseIterable {
    /// The sure choice with vCenter.
    case rsa2048
    case p256

    package var keyKind: PrivateKey.Kind {
        switch self {
        case .rsa2048: .rsa2048
        case .p256: .p256
        }
    }
}

/// The ports of a site on one machine.
package struct SitePorts: Sendable, Hashable {
    /// KMIP's registered port.
    package var gateway: UInt16 = 5696
    /// On loopback.
    package var admin: UInt16 = 9443
    /// On loopback; beside 5672, which a broker of the system would have.
    package var broker: UInt16 = 5673

    package init() {}
}

/// What `init` is asked for.
package struct InstallationOptions: Sendable {
    package var home: InstallationFolder
    /// The names and addresses under which clients reach the gateway. Empty: `localhost`.
    package var hosts: [String]
    /// More names and addresses under which operators reach the admin front, beside `hosts` and loopback.
    package var operatorHosts: [String] = []
    package var partition: PartitionName
    package var serverKey: ServerKeyKind
    package var ports: SitePorts
    /// SoftHSM's module.
    package var modulePath: String
    /// Whose the state is; nil for whoever runs set-up.
    package var stateOwner: StateOwner?

    package static let defaultModulePath = "/usr/lib/softhsm/libsofthsm2.so"

    /// - Throws: `optionInvalid`.
    package init(
        home: String,
        state: String? = nil,
        hosts: [String] = [],
        partition: String = "main",
        serverKey: ServerKeyKind = .rsa2048
    ) throws(SetupError) {
        guard let partition = PartitionName(partition) else {
            throw SetupError(.optionInvalid, "--partition \(partition): use 1 to 32 of a-z, 0-9 and -")
        }
        self.home = InstallationFolder(home, state: state)
        self.hosts = hosts.isEmpty ? ["localhost"] : hosts
        self.partition = partition
        self.serverKey = serverKey
        ports = SitePorts()
        modulePath = Self.defaultModulePath
        for (option, folder) in [("--home", self.home.path), ("--state", self.home.state)] {
            // SoftHSM's configuration file has no way to quote them.
            guard !folder.contains(where: { $0.isNewline || $0 == "#" }) else {
                throw SetupError(.optionInvalid, "\(option) must not have a # or a line end in its path")
            }
        }
        guard !self.home.hasStateOfItsOwn || !Self.overlap(self.home.path, self.home.state) else {
            throw SetupError(.optionInvalid, "--state must not be in --home, nor --home in it")
        }
    }

    private static func overlap(_ one: String, _ other: String) -> Bool {
        "\(one)/".hasPrefix("\(other)/") || "\(other)/".hasPrefix("\(one)/")
    }
}
