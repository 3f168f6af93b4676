import Testing

@testable import LocalSite

@Suite struct LogLineTests {
    @Test(
        arguments: [
            (
                "2026-11-28T09:13:56.110Z warning keyferry-worker: no token label=\"a b\"", true,
                "no token label=\"a b\""
            ),
            ("2026-11-28T09:13:56.110Z critical keyferry-gateway: over", true, "over"),
            ("2026-11-28T09:13:56.110Z notice keyferry-worker: healthy: takes jobs", false, "healthy: takes jobs"),
            (
                #"{"time":"2026-11-28T09:13:56.110Z","level":"error","source":"keyferry-admin","message":"no \"way\"","#
                    + #""fields":{"port":"9443","host":"::1"}}"#,
                true, #"no "way" host=::1 port=9443"#
            ),
            (
                #"{"time":"2026-11-28T09:13:56.110Z","level":"info","source":"keyferry-admin","message":"up","fields":{}}"#,
                false, "up"
            ),
        ] as [(String, Bool, String)]
    )
    func eventsAreRead(line: String, isComplaint: Bool, words: String) throws {
        let read = try #require(LogLine(line[...]))
        #expect(read.isComplaint == isComplaint)
        #expect(read.words == words)
        #expect(!read.isRefusalByBroker)
    }

    @Test(arguments: [
        "", "warning", "Failed to set thread priority for worker thread", "the level is warning: none",
        "keyferry-worker: worker.yaml: there is no warning in it", "{", #"{"level":"error"}"#,
    ])
    func otherLinesAreNone(line: String) {
        #expect(LogLine(line[...]) == nil)
    }

    /// In both forms, and as no more than a complaint.
    @Test func aRefusalByTheBrokerIsKnown() throws {
        let words = "the broker refuses the user or the password in broker.credentialsFile; tries again and again"
        let time = "2026-11-28T09:13:56.110Z"
        let text = try #require(LogLine("\(time) warning keyferry-worker: \(words) attempts=1"))
        #expect(text.isRefusalByBroker)
        let json = try #require(
            LogLine(#"{"time":"\#(time)","level":"warning","source":"x","message":"\#(words)","fields":{}}"#)
        )
        #expect(json.isRefusalByBroker)
        let quoted = try #require(LogLine("\(time) warning keyferry-worker: operation note=\"\(words)\""))
        #expect(!quoted.isRefusalByBroker)
    }

    @Test func longWordsAreCutForTheTerminal() throws {
        let words = String(repeating: "a", count: 1_000)
        let line = try #require(LogLine("2026-11-28T09:13:56.110Z error keyferry-worker: \(words)"))
        #expect(line.shortened.count < 400)
    }
}
