internal import ArgumentParser
internal import Commands
internal import Glibc

@main
enum KeyferryExecutable {
    static func main() async {
        // Keys may pass through this process: it leaves no core file behind.
        var none = rlimit(rlim_cur: 0, rlim_max: 0)
        setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &none)
        await KeyferryCommand.main()
    }
}
