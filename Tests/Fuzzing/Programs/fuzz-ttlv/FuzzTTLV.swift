import FuzzDriver
import FuzzHarness

@main
enum FuzzTTLV {
    static func main() {
        FuzzDriver.run(.ttlv)
    }
}
