/// The environment variable that overrides a key: `KEYFERRY_` and the key in capitals, with an underscore for each dot and
/// before each capital letter, so that `limits.messageBytes` is `KEYFERRY_LIMITS_MESSAGE_BYTES`.
///
/// No key holds a secret: keys, PINs and passwords stand in files that the configuration names, and the environment of a
/// process is readable by more people than its files.
enum EnvironmentName {
    static let prefix = "KEYFERRY"

    static func variable(for key: String) -> String {
        var name = prefix + "_"
        for character in key {
            if character == "." {
                name.append("_")
            } else if character.isUppercase {
                name.append("_")
                name.append(character)
            } else {
                name.append(character.uppercased())
            }
        }
        return name
    }
}
