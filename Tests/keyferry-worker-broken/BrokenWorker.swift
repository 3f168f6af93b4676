import Foundation
import ServiceBootstrap
import Worker

/// A worker with one defect on purpose, to show that the checker of `keyferry-faults` sees it.
@main
enum BrokenWorker {
    static func main() async {
        #if DEBUG
            guard let name = ProcessInfo.processInfo.environment["WORKER_DEFECT"],
                let defect = WorkerDefect(rawValue: name)
            else {
                print("WORKER_DEFECT is to be one of \(WorkerDefect.allCases.map(\.rawValue).joined(separator: ", "))")
                exit(ServiceExitCode.usage.rawValue)
            }
            defect.install()
            await ServiceProcess.main("keyferry-worker-broken", WorkerSettings.self) { settings, logger in
                try await WorkerAssembly.assemble(settings, logger)
            }
        #else
            print("this is a release build: its workers have no defects")
            exit(ServiceExitCode.usage.rawValue)
        #endif
    }
}
