import CFuzzer
import Cryptography
import Foundation
package import FuzzHarness

/// Hands libFuzzer's inputs to a target, and turns what it finds wrong into the end of the process, which is how libFuzzer
/// is told.
package enum FuzzDriver {
    /// Set once, before the first input.
    nonisolated(unsafe) private static var target = FuzzTarget.ttlv
    nonisolated(unsafe) private static var secureBytesAtRest = 0

    package static func run(_ chosen: FuzzTarget) -> Never {
        target = chosen
        do {
            try chosen.prepare()
        } catch {
            fatalError("the target can't be prepared: \(error)")
        }
        secureBytesAtRest = SecureHeap.usedByteCount
        var count = CommandLine.argc
        var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = CommandLine.unsafeArgv
        exit(
            LLVMFuzzerRunDriver(&count, &arguments) { bytes, count in
                FuzzDriver.check([UInt8](UnsafeBufferPointer(start: bytes, count: count)))
                return 0
            }
        )
    }

    private static func check(_ input: [UInt8]) {
        do {
            try target.check(input)
        } catch {
            fatalError("violated: \(error)")
        }
        // A secret that outlives its message would stay for the life of the process.
        let left = SecureHeap.usedByteCount - secureBytesAtRest
        if left != 0 { fatalError("violated: \(left) bytes of secrets are left behind") }
    }
}
