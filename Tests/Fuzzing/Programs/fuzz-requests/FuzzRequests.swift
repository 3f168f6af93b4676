import FuzzDriver
import FuzzHarness

@main
enum FuzzRequests {
    static func main() {
        FuzzDriver.run(.requests)
    }
}
