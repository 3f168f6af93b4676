import Cryptography
import HSM
import Logging

// Logs in to a token and out again until it is killed, as a worker that is started again and again does.
// Arguments: SoftHSM's configuration, module, token label, PIN file, guard directory.

let arguments = CommandLine.arguments
guard arguments.count == 6 else { throw HSMError(.operationFailed, "five arguments are needed") }
let location = TokenLocation(
    modulePath: arguments[2],
    selector: .label(arguments[3]),
    softHSMConfiguration: arguments[1]
)
let settings = HSMSettings(location: location, guardDirectory: arguments[5])
while true {
    let session = try HSMSession(
        settings: settings,
        pin: try SecretBytes(contentsOfFile: arguments[4]),
        logger: Logger(label: "hsm-login-probe")
    )
    session.close()
}
