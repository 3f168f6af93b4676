/// What every long-running process is told: groups `log` and `memory`, and how long it may take to stop.
package struct ProcessSettings: ConfigurationSettings, Equatable {
    package var log: LogSettings
    package var memory: MemorySettings
    /// From SIGTERM until work in hand is given up.
    package var shutdown: Duration

    package init(
        log: LogSettings = LogSettings(),
        memory: MemorySettings = MemorySettings(),
        shutdown: Duration = .seconds(3)
    ) {
        self.log = log
        self.memory = memory
        self.shutdown = shutdown
    }

    package init(from reader: ConfigurationReader) throws(ConfigurationError) {
        log = try LogSettings(from: reader.group("log"))
        memory = try MemorySettings(from: reader.group("memory"))
        shutdown = try reader.seconds("shutdownSeconds", in: 1...60, default: 3)
    }
}

/// The settings of one kind of process.
package protocol ServiceSettings: ConfigurationSettings {
    /// Where a process of this kind is monitored, if nothing is said.
    static var monitoringPort: UInt16 { get }

    var process: ProcessSettings { get }
    var monitoring: MonitoringSettings { get }
}
