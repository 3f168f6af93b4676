import Foundation
import ManualPages
import Testing

@Suite("Manual pages")
struct ManualPageTests {
    private func page(_ json: String) throws -> String {
        ManualPage(try ToolDescription(json: Data(json.utf8)), version: "1.2").text
    }

    @Test("A program with a command, an option and an argument")
    func page() throws {
        let text = try page(
            """
            {"command": {"commandName": "tool", "abstract": "Does things.", "discussion": "More.\\n\\nCodes:\\n  0  done",
              "subcommands": [
                {"commandName": "help", "arguments": []},
                {"commandName": "hidden", "shouldDisplay": false},
                {"commandName": "do", "abstract": "Do it.", "arguments": [
                  {"kind": "option", "shouldDisplay": true, "isOptional": true, "isRepeating": false,
                   "names": [{"kind": "short", "name": "o"}, {"kind": "long", "name": "out-put"}],
                   "preferredName": {"kind": "long", "name": "out-put"}, "valueName": "way", "abstract": "How.",
                   "defaultValue": "table", "allValues": ["table", "json"]},
                  {"kind": "positional", "shouldDisplay": true, "isOptional": false, "isRepeating": true,
                   "valueName": "file", "abstract": ".hidden files"},
                  {"kind": "flag", "shouldDisplay": true, "isOptional": true, "isRepeating": false,
                   "names": [{"kind": "long", "name": "help"}], "preferredName": {"kind": "long", "name": "help"}}
                ]}
              ]}}
            """
        )
        #expect(
            text == #"""
                .TH "TOOL" 1 "" "Keyferry 1.2" "Keyferry"
                .SH NAME
                tool \- does things
                .SH SYNOPSIS
                .nh
                .ad l
                \fBtool\fR \fIcommand\fR
                .ad b
                .hy
                .SH DESCRIPTION
                More.
                .PP
                Codes:
                .nf
                  0  done
                .fi
                .PP
                \fB\-\-help\fR with any command shows its help.
                .SH COMMANDS
                .SS "tool do"
                .nh
                .ad l
                \fBtool do\fR [\fB\-\-out\-put\fR \fIway\fR] \fIfile\fR ...
                .ad b
                .hy
                .PP
                Do it.
                .TP
                \fB\-o\fR, \fB\-\-out\-put\fR \fIway\fR
                How. One of: table, json. Default: table.
                .TP
                \fIfile\fR
                \&.hidden files

                """#
        )
    }

    @Test("Nothing in a text is a request or an escape")
    func escapes() throws {
        let text = try page(
            #"{"command": {"commandName": "t", "discussion": "'quoted \\fB \"x\" ~/.a\n.so /etc/passwd"}}"#
        )
        #expect(text.contains("\\&'quoted \\efB \"x\" \\(ti/.a\n\\&.so /etc/passwd\n"))
    }

    @Test("What is no description is refused", arguments: ["", "{}", "[]", "{\"command\": {}}"])
    func refused(json: String) {
        #expect(throws: (any Error).self) { try ToolDescription(json: Data(json.utf8)) }
    }
}
