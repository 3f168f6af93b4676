import FaultChecker
import Testing

/// Histories in, violations out.
@Suite struct PromiseCheckerTests {
    struct Row: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let expected: Set<Violation.Kind>
        let evidence: Evidence

        init(
            _ description: String,
            _ expected: Set<Violation.Kind> = [],
            _ story: Story = .created,
            stored: [Evidence.StoredKey]? = nil,
            audit: [Evidence.AuditRecord]? = nil,
            adding build: (inout Story) -> Void = { _ in }
        ) {
            var story = story
            build(&story)
            testDescription = description
            self.expected = expected
            evidence = story.evidence(stored: stored, audit: audit)
        }
    }

    private static let all: [Row] = Array([creation, reading, states, audit, lostAnswers, answers].joined())

    @Test(arguments: all)
    func theViolationsAre(_ row: Row) {
        let found = PromiseChecker.violations(in: row.evidence)
        #expect(Set(found.map(\.kind)) == row.expected, "\(found)")
    }

    private static let creation: [Row] = [
        Row("a key that was promised is there"),
        Row("it is not there", [.keyLost, .numberWrong], stored: []),
        Row(
            "it is there twice",
            [.createdTwice, .numberWrong, .auditUnasked],
            stored: [Story.key(), Story.key("k2")],
            audit: [Story.record(.create), Story.record(.create, "k2")]
        ),
        Row("it is another's", [.keyUnasked], stored: [Story.key(serial: "s2")]),
        Row(
            "a key without a number",
            [.keyUnasked, .numberWrong, .unaudited],
            stored: [Story.key(), Story.key("k2", serial: nil)]
        ),
        Row("two Creates got one key", [.createdTwice, .numberWrong, .keyUnasked, .auditUnasked]) { story in
            story.add(.create(serial: "s2"), .created("k1"))
        },
        Row("a Create without an answer made no key") { story in
            story.add(.create(serial: "s2"), .unclear("cut off"))
        },
        Row(
            "a Create without an answer made one key",
            stored: [Story.key(), Story.key("k2", serial: "s2")],
            audit: [Story.record(.create), Story.record(.create, "k2")]
        ) { story in
            story.add(.create(serial: "s2"), .unclear("cut off"))
        },
        Row(
            "a Create without an answer made two keys",
            [.createdTwice, .auditUnasked],
            stored: [Story.key(), Story.key("k2", serial: "s2"), Story.key("k3", serial: "s2")],
            audit: [Story.record(.create), Story.record(.create, "k2"), Story.record(.create, "k3")]
        ) { story in
            story.add(.create(serial: "s2"), .unclear("cut off"))
        },
        Row(
            "a Create that was refused made a key",
            [.keyUnasked, .numberWrong, .auditUnasked],
            stored: [Story.key(), Story.key("k2", serial: "s2")],
            audit: [Story.record(.create), Story.record(.create, "k2")]
        ) { story in
            story.add(.create(serial: "s2"), .refused(.otherwise))
        },
    ]

    private static let reading: [Row] = [
        Row("read by both gateways") { story in
            story.add(.get("k1"), .got(digest: Story.digest), gateway: 1)
            story.add(.get("k1"), .got(digest: Story.digest), gateway: 2)
        },
        Row("not found by the other gateway", [.keyUnreadable]) { story in
            story.add(.get("k1"), .refused(.notFound), gateway: 2)
        },
        Row("its attributes are not found", [.keyUnreadable]) { story in
            story.add(.state("k1"), .refused(.notFound))
        },
        Row("Activate does not find it", [.keyUnreadable]) { story in
            story.add(.activate("k1"), .refused(.notFound))
        },
        Row("not given", [.keyUnreadable]) { story in story.add(.get("k1"), .refused(.denied)) },
        Row("an unanswered Get says nothing") { story in story.add(.get("k1"), .unclear("cut off")) },
        Row("other bytes than in the store", [.bytesChanged]) { story in
            story.add(.get("k1"), .got(digest: "d2"))
        },
        Row("not the same bytes twice", [.bytesChanged]) { story in
            story.add(.get("k1"), .got(digest: Story.digest))
            story.add(.get("k1"), .got(digest: "d2"))
        },
        Row("located") { story in story.add(.locate(serial: "s1"), .located(["k1"])) },
        Row("not located", [.keyUnreadable]) { story in story.add(.locate(serial: "s1"), .located([])) },
        Row("located twice", [.createdTwice]) { story in
            story.add(.locate(serial: "s1"), .located(["k1", "k2"]))
        },
        Row("gone after its destruction", stored: [Story.key(state: .destroyed)]) { story in
            story.add(.destroy("k1"), .done)
            story.add(.get("k1"), .refused(.notFound))
            story.add(.locate(serial: "s1"), .located([]))
        },
        Row(
            "gone after a Destroy without an answer",
            stored: [Story.key(state: .destroyed)],
            audit: [Story.record(.create), Story.record(.destroy)]
        ) { story in
            story.add(.destroy("k1"), .unclear("cut off"))
            story.add(.get("k1"), .refused(.notFound))
        },
        Row("gone after a Destroy that was refused", [.keyUnreadable]) { story in
            story.add(.destroy("k1"), .refused(.denied))
            story.add(.get("k1"), .refused(.notFound))
        },
        Row("gone before its Destroy", [.keyUnreadable], stored: [Story.key(state: .destroyed)]) { story in
            story.add(.get("k1"), .refused(.notFound))
            story.add(.destroy("k1"), .done)
        },
        Row("read after its destruction", [.destroyedKeyRead], stored: [Story.key(state: .destroyed)]) { story in
            story.add(.destroy("k1"), .done)
            story.add(.get("k1"), .got(digest: Story.digest))
        },
        Row("read while it was being destroyed", stored: [Story.key(state: .destroyed)]) { story in
            story.add(.destroy("k1"), .done, lasting: 2)
            story.add(.get("k1"), .got(digest: Story.digest))
        },
        Row("located after its destruction", [.destroyedKeyRead], stored: [Story.key(state: .destroyed)]) { story in
            story.add(.destroy("k1"), .done)
            story.add(.locate(serial: "s1"), .located(["k1"]))
        },
    ]

    private static let states: [Row] = [
        Row("every step", stored: [Story.key(state: .destroyed)]) { story in
            story.add(.state("k1"), .state(.preActive))
            story.add(.activate("k1"), .done)
            story.add(.state("k1"), .state(.active))
            story.add(.revoke("k1"), .done)
            story.add(.state("k1"), .state(.deactivated))
            story.add(.destroy("k1"), .done)
            story.add(.state("k1"), .state(.destroyed))
        },
        Row("an earlier state after a later one", [.stateWentBack], stored: [Story.key(state: .active)]) { story in
            story.add(.activate("k1"), .done)
            story.add(.state("k1"), .state(.preActive))
        },
        Row("an earlier state while the later one came", stored: [Story.key(state: .active)]) { story in
            story.add(.activate("k1"), .done, lasting: 2)
            story.add(.state("k1"), .state(.preActive))
        },
        Row(
            "a seen state is undone",
            [.stateWentBack],
            stored: [Story.key(state: .active)],
            audit: [Story.record(.create), Story.record(.activate)]
        ) { story in
            story.add(.activate("k1"), .unclear("cut off"))
            story.add(.state("k1"), .state(.active))
            story.add(.state("k1"), .state(.preActive))
        },
        Row("activated twice", [.stateWentBack, .auditUnasked], stored: [Story.key(state: .active)]) { story in
            story.add(.activate("k1"), .done, lasting: 2)
            story.add(.activate("k1"), .done)
        },
        Row("an acknowledged step is not stored", [.stateWentBack]) { story in story.add(.activate("k1"), .done) },
        Row(
            "an unanswered step is stored",
            stored: [Story.key(state: .active)],
            audit: [Story.record(.create), Story.record(.activate)]
        ) { story in
            story.add(.activate("k1"), .unclear("cut off"))
        },
        Row(
            "a refused step is stored",
            [.stateUnasked, .auditUnasked],
            stored: [Story.key(state: .active)],
            audit: [Story.record(.create), Story.record(.activate)]
        ) { story in
            story.add(.activate("k1"), .refused(.denied))
        },
        Row(
            "a state that nobody asked for",
            [.stateUnasked, .unaudited],
            stored: [Story.key(state: .active)]
        ) { story in
            story.add(.state("k1"), .state(.active))
            story.add(.activate("k1"), .refused(.denied))
        },
    ]

    private static let audit: [Row] = [
        Row("a read is not in the trail", [.unaudited], audit: [Story.record(.create)]) { story in
            story.add(.get("k1"), .got(digest: Story.digest))
        },
        Row(
            "a read is another client's",
            [.unaudited, .auditUnasked],
            audit: [
                Story.record(.create), Story.record(.read, client: "c2"),
            ]
        ) { story in
            story.add(.get("k1"), .got(digest: Story.digest))
        },
        Row("two reads, one record", [.unaudited], audit: [Story.record(.create), Story.record(.read)]) { story in
            story.add(.get("k1"), .got(digest: Story.digest))
            story.add(.get("k1"), .got(digest: Story.digest))
        },
        Row("a read that nobody asked for", [.auditUnasked], audit: [Story.record(.create), Story.record(.read)]),
        Row("an unanswered read is in the trail", audit: [Story.record(.create), Story.record(.read)]) { story in
            story.add(.get("k1"), .unclear("cut off"))
        },
        Row(
            "one request, delivered and read twice",
            audit: [Story.record(.create), Story.record(.read), Story.record(.read)]
        ) { story in
            story.add(.get("k1"), .got(digest: Story.digest))
        },
        Row(
            "two Gets are answered, and the trail has one of them twice",
            [.unaudited],
            audit: [Story.record(.create), Story.record(.read, request: "r1"), Story.record(.read, request: "r1")]
        ) { story in
            story.add(.get("k1"), .got(digest: Story.digest))
            story.add(.get("k1"), .got(digest: Story.digest))
        },
        Row("the Create is not in the trail", [.unaudited], audit: []),
        Row(
            "a Create of a key that is not there",
            [.auditUnasked],
            audit: [
                Story.record(.create), Story.record(.create, "k2"),
            ]
        ),
        Row(
            "a change is in the trail twice",
            [.auditUnasked],
            stored: [Story.key(state: .active)],
            audit: [
                Story.record(.create), Story.record(.activate, request: "r1"), Story.record(.activate, request: "r1"),
            ]
        ) { story in
            story.add(.activate("k1"), .done)
        },
    ]

    /// What was done without an answer is on the record all the same.
    private static let lostAnswers: [Row] = [
        Row("the key of a lost Create", [.unaudited], stored: [Story.key(), Story.key("k2", serial: "s2")]) { story in
            story.add(.create(serial: "s2"), .unclear("cut off"))
        },
        Row(
            "the key of a lost Create, on another client's record",
            [.auditUnasked],
            stored: [Story.key(), Story.key("k2", serial: "s2")],
            audit: [Story.record(.create), Story.record(.create, "k2", client: "c2")]
        ) { story in
            story.add(.create(serial: "s2"), .unclear("cut off"))
        },
        Row("a lost Activate", [.unaudited], stored: [Story.key(state: .active)]) { story in
            story.add(.activate("k1"), .unclear("cut off"))
        },
        Row("a lost Revoke", [.unaudited], stored: [Story.key(state: .deactivated)]) { story in
            story.add(.activate("k1"), .done)
            story.add(.revoke("k1"), .unclear("cut off"))
        },
        Row("a lost Destroy", [.unaudited], stored: [Story.key(state: .destroyed)]) { story in
            story.add(.destroy("k1"), .unclear("cut off"))
        },
        Row("a lost Activate before a Revoke", [.unaudited], stored: [Story.key(state: .deactivated)]) { story in
            story.add(.activate("k1"), .unclear("cut off"))
            story.add(.revoke("k1"), .done)
        },
        Row(
            "a lost Activate of a key that was seen active",
            [.unaudited],
            stored: [Story.key(state: .destroyed)],
            audit: [Story.record(.create), Story.record(.destroy)]
        ) { story in
            story.add(.activate("k1"), .unclear("cut off"))
            story.add(.state("k1"), .state(.active))
            story.add(.destroy("k1"), .unclear("cut off"))
        },
        Row(
            "a lost Get's record does not speak for the next one",
            [.unaudited],
            audit: [Story.record(.create), Story.record(.read, at: 1.0...1.9)]
        ) { story in
            story.add(.get("k1"), .unclear("cut off"))
            story.add(.get("k1"), .got(digest: Story.digest))
        },
        Row(
            "nor does one that was made after the answer",
            [.unaudited],
            audit: [Story.record(.create), Story.record(.read, at: 3.0...3.9)]
        ) { story in
            story.add(.get("k1"), .unclear("cut off"))
            story.add(.get("k1"), .got(digest: Story.digest))
        },
        Row(
            "a Get has its record, and a lost one has none",
            audit: [Story.record(.create), Story.record(.read, at: 2.0...2.9)]
        ) { story in
            story.add(.get("k1"), .unclear("cut off"))
            story.add(.get("k1"), .got(digest: Story.digest))
        },
        Row(
            "records of two Gets, the one of either",
            audit: [
                Story.record(.create), Story.record(.read, request: "r1", at: 1.2...2.2),
                Story.record(.read, request: "r2", at: 0.8...1.1),
            ]
        ) { story in
            story.add(.get("k1"), .got(digest: Story.digest))
            story.add(.get("k1"), .got(digest: Story.digest))
        },
        Row(
            "a Get was delivered twice, and the second time after its answer",
            audit: [
                Story.record(.create), Story.record(.read, request: "r1", at: 1.0...1.9),
                Story.record(.read, request: "r1", at: 7.0...7.9),
            ]
        ) { story in
            story.add(.get("k1"), .got(digest: Story.digest))
        },
    ]

    private static let answers: [Row] = [
        Row("another key's answer", [.answerWrong]) { story in
            story.add(.state("k1"), .wrong("an answer about k2"))
        },
        Row(
            "a wrong answer to a Create, which made its key",
            [.answerWrong],
            stored: [Story.key(), Story.key("k2", serial: "s2")],
            audit: [Story.record(.create), Story.record(.create, "k2")]
        ) { story in
            story.add(.create(serial: "s2"), .wrong("an answer to something else"))
        },
        Row(
            "a wrong answer to an Activate, which was done",
            [.answerWrong, .unaudited],
            stored: [Story.key(state: .active)]
        ) { story in
            story.add(.activate("k1"), .wrong("an answer about k2"))
        },
    ]
}
