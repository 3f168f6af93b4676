import ServiceBootstrap
import Worker

/// Takes jobs from the queue, has the HSM unwrap and wrap, reads and writes the key store, replies.
@main
enum WorkerProcess {
    static func main() async {
        await ServiceProcess.main("keyferry-worker", WorkerSettings.self) { settings, logger in
            try await WorkerAssembly.assemble(settings, logger)
        }
    }
}
