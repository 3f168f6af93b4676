/// What a site on one machine is made of.
package struct SitePlan: Sendable {
    /// The folder that holds all of it; made by `keyferry-setup init`.
    package var home: String
    /// Where `keyferry-gateway` and the others are.
    package var binaries: String
    package var workerCount: Int
    package var gatewayPort: UInt16
    package var adminPort: UInt16
    package var brokerPort: UInt16
    /// The first of the ports at which the processes are monitored (`monitoringPort(of:)`); nil for any free ones.
    package var monitoringPort: UInt16?
    /// How long a process that is not ready may take to be.
    package var startLimit: Duration

    package init(
        home: String,
        binaries: String,
        workerCount: Int = 1,
        gatewayPort: UInt16 = 5696,
        adminPort: UInt16 = 9443,
        brokerPort: UInt16 = 5673,
        monitoringPort: UInt16? = nil,
        startLimit: Duration = .seconds(60)
    ) {
        self.home = home
        self.binaries = binaries
        self.workerCount = workerCount
        self.gatewayPort = gatewayPort
        self.adminPort = adminPort
        self.brokerPort = brokerPort
        self.monitoringPort = monitoringPort
        self.startLimit = startLimit
    }

    package var credentialsFile: String { home + "/broker.credentials" }
    package var logFolder: String { home + "/log" }
    var brokerFolder: String { home + "/broker" }

    package func configurationFile(of role: SiteRole) -> String {
        "\(home)/\(role.kind).yaml"
    }

    package func logFile(of role: SiteRole) -> String {
        "\(logFolder)/\(role.name).log"
    }

    /// The gateway's is the first, the first worker's the second, the admin front's the third, as where each process has a
    /// machine of its own; the second worker's is the eleventh, the third's the twelfth, and so on. 0: any.
    package func monitoringPort(of role: SiteRole) -> UInt16 {
        guard let monitoringPort else { return 0 }
        let distance: Int =
            switch role {
            case .gateway: 0
            case .worker(1): 1
            case .admin: 2
            case .worker(let number): 8 + number
            }
        return UInt16(clamping: Int(monitoringPort) + distance)
    }

    /// The process of a role. Ports stand in the plan and override the configuration file, so that tests, and sites side by
    /// side, need no files of their own for them.
    func launch(_ role: SiteRole) -> ProcessLaunch {
        var environment = [
            "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
            "LANG": "C.UTF-8",
            "HOME": home,
            "KEYFERRY_BROKER_ADDRESSES": "127.0.0.1:\(brokerPort)",
            "KEYFERRY_BROKER_CREDENTIALS_FILE": credentialsFile,
            "KEYFERRY_MONITORING_PORT": "\(monitoringPort(of: role))",
        ]
        switch role {
        case .gateway: environment["KEYFERRY_LISTEN_PORT"] = "\(gatewayPort)"
        case .admin: environment["KEYFERRY_LISTEN_PORT"] = "\(adminPort)"
        case .worker: break
        }
        return ProcessLaunch(
            name: role.name,
            executable: "\(binaries)/keyferry-\(role.kind)",
            arguments: ["--config", configurationFile(of: role)],
            environment: environment,
            folder: home,
            logFile: logFile(of: role)
        )
    }
}

/// One process of a site, beside the broker.
package enum SiteRole: Sendable, Hashable {
    case gateway
    case admin
    /// Counted from 1.
    case worker(Int)

    var kind: String {
        switch self {
        case .gateway: "gateway"
        case .admin: "admin"
        case .worker: "worker"
        }
    }

    package var name: String {
        switch self {
        case .gateway, .admin: kind
        case .worker(let number): "worker-\(number)"
        }
    }
}
