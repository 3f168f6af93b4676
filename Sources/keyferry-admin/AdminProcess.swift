import AdminAPI
import ServiceBootstrap

/// The operators' front: REST over mutual TLS; what it is asked for, workers do.
@main
enum AdminProcess {
    static func main() async {
        await ServiceProcess.main("keyferry-admin", AdminSettings.self) { settings, logger in
            try AdminAssembly.assemble(settings, logger)
        }
    }
}
