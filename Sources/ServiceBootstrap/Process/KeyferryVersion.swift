/// The version of this software, as `keyferry_build_info` shows it.
package enum KeyferryVersion {
    package static let text = "0.3.0"
}
