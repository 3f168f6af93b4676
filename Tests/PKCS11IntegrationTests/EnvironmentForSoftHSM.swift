import Glibc

/// SoftHSM finds its configuration by the environment.
enum EnvironmentForSoftHSM {
    static func select(_ path: String) {
        setenv("SOFTHSM2_CONF", path, 1)
    }
}
