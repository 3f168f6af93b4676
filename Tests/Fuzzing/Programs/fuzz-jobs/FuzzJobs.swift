import FuzzDriver
import FuzzHarness

@main
enum FuzzJobs {
    static func main() {
        FuzzDriver.run(.jobs)
    }
}
