internal import PKCS11

/// How a token is chosen. Never by slot number: slots change their numbers.
package enum TokenSelector: Hashable, Sendable, CustomStringConvertible {
    case label(String)
    case serial(String)

    package var description: String {
        switch self {
        case .label(let label): "label \"\(label)\""
        case .serial(let serial): "serial \"\(serial)\""
        }
    }

    func selects(_ token: Token) -> Bool {
        switch self {
        case .label(let label): token.label == label
        case .serial(let serial): token.serial == serial
        }
    }
}

/// Where a token is.
package struct TokenLocation: Sendable, Hashable {
    /// The module's file, absolute.
    package var modulePath: String
    package var selector: TokenSelector
    /// SoftHSM's configuration file. Set for SoftHSM, nil for any other module. SoftHSM finds it by the environment
    /// variable SOFTHSM2_CONF, which is set in this process before the module starts.
    package var softHSMConfiguration: String?

    package init(modulePath: String, selector: TokenSelector, softHSMConfiguration: String? = nil) {
        self.modulePath = modulePath
        self.selector = selector
        self.softHSMConfiguration = softHSMConfiguration
    }
}

package struct HSMSettings: Sendable {
    package var location: TokenLocation
    /// An existing private folder, the same for every process of the machine that uses the token: login lock, anchor
    /// lock, copies of SoftHSM's `token.object`.
    package var guardDirectory: String
    /// What the PIN was read from, so that one that the token refuses is tried once, however often a process is started.
    package var pinFile: PINFileState?
    /// After how many session objects the module is recycled. (SoftHSM loses 248 bytes with each.)
    package var recycleAfterObjects = 5_000
    /// How many transport keys may be held open.
    package var maximumTransportKeys = 256
    /// Whether DES3 keys may be made.
    package var allowsDES3 = false

    package init(location: TokenLocation, guardDirectory: String) {
        self.location = location
        self.guardDirectory = guardDirectory
    }
}
