/// Text as PowerShell reads it.
enum PowerShellText {
    /// In single quotes, in which nothing has a meaning but the quotes themselves: PowerShell takes the typographic ones
    /// for them as well.
    static func quoted(_ text: String) -> String {
        let quotes: Set<Character> = ["'", "\u{2018}", "\u{2019}", "\u{201A}", "\u{201B}"]
        return "'" + text.map { quotes.contains($0) ? "\($0)\($0)" : "\($0)" }.joined() + "'"
    }
}
