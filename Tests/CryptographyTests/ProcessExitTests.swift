import Cryptography
import Foundation
import Testing

/// Processes exit while threads of theirs still use the library.
struct ProcessExitTests {
    /// Without `OPENSSL_INIT_NO_ATEXIT` about half of these children die of SIGSEGV.
    @Test(arguments: 0..<8)
    func exitingWhileOtherThreadsWorkIsNoCrash(_: Int) async {
        await #expect(processExitsWith: .success) {
            for _ in 0..<4 {
                Thread.detachNewThread {
                    while true {
                        let key = try? PrivateKey.generate(.p256)
                        _ = try? key?.sign(Array("at work".utf8))
                    }
                }
            }
            try await Task.sleep(for: .milliseconds(100))
            exit(0)
        }
    }
}
