import Testing

@testable import JobTransport

private func id(_ number: UInt8) -> MessageID {
    MessageID([UInt8](repeating: number, count: 16)) ?? .random()
}

private func job(_ number: UInt8, deadline: Int = 30) -> InFlightJobs.Job {
    InFlightJobs.Job(id: id(number), routingKey: "p.interactive", body: [number], deadline: .seconds(deadline))
}

private func publish(_ number: UInt8, token: UInt64, generation: UInt64 = 1, left: Int = 29) -> InFlightJobs.Action {
    .publish(
        .init(
            id: id(number),
            token: token,
            generation: generation,
            routingKey: "p.interactive",
            body: [number],
            timeLeft: .seconds(left)
        )
    )
}

private func fail(_ number: UInt8, _ code: JobSendError.Code, ran: Bool) -> InFlightJobs.Action {
    .finish(id(number), .failure(JobSendError(code, mayHaveRun: ran)))
}

private func reply(_ number: UInt8, _ body: [UInt8]) -> InFlightJobs.Action { .finish(id(number), .success(body)) }

@Suite struct InFlightJobsTests {
    enum Input: Sendable {
        case submit(InFlightJobs.Job)
        case event(InFlightJobs.Event)
    }

    enum Output: Sendable {
        case actions([InFlightJobs.Action])
        case refusal(JobSendError.Code)
    }

    /// At this second, this happens, and this is to be done.
    struct Step: Sendable {
        let second: Int
        let input: Input
        let output: Output

        init(_ second: Int, submit job: InFlightJobs.Job, _ actions: [InFlightJobs.Action]) {
            (self.second, input, output) = (second, .submit(job), .actions(actions))
        }

        init(_ second: Int, submit job: InFlightJobs.Job, refused code: JobSendError.Code) {
            (self.second, input, output) = (second, .submit(job), .refusal(code))
        }

        init(_ second: Int, _ event: InFlightJobs.Event, _ actions: [InFlightJobs.Action] = []) {
            (self.second, input, output) = (second, .event(event), .actions(actions))
        }
    }

    @discardableResult
    private func check(
        bound: Int = 10,
        _ steps: [Step],
        sourceLocation: SourceLocation = #_sourceLocation
    ) -> InFlightJobs {
        var limits = InFlightJobs.Limits()
        limits.jobs = bound
        limits.outage = .seconds(5)
        var machine = InFlightJobs(limits: limits)
        for (index, step) in steps.enumerated() {
            let now = Duration.seconds(step.second)
            let result: Result<[InFlightJobs.Action], JobSendError> =
                switch step.input {
                case .submit(let job): machine.submit(job, now: now)
                case .event(let event): .success(machine.handle(event, now: now))
                }
            switch (result, step.output) {
            case (.success(let actions), .actions(let expected)):
                #expect(actions == expected, "step \(index)", sourceLocation: sourceLocation)
            case (.failure(let error), .refusal(let code)):
                #expect(error == JobSendError(code, mayHaveRun: false), "step \(index)", sourceLocation: sourceLocation)
            default:
                Issue.record("step \(index): \(result)", sourceLocation: sourceLocation)
            }
        }
        return machine
    }

    @Test func aReplyEndsAJobAndASecondOneIsCounted() {
        let machine = check([
            Step(0, .connected(generation: 1)),
            Step(1, submit: job(1), [publish(1, token: 1)]),
            Step(1, .confirmed([1])),
            Step(2, .replied(id(1), [9]), [reply(1, [9])]),
            Step(2, .replied(id(1), [9])),
            Step(2, .replied(id(7), [9])),
        ])
        #expect(machine.unknownReplies == 2)
        #expect(machine.count == 0)
    }

    @Test func aReplyMayComeBeforeTheConfirm() {
        check([
            Step(0, .connected(generation: 1)),
            Step(1, submit: job(1), [publish(1, token: 1)]),
            Step(1, .replied(id(1), [9]), [reply(1, [9])]),
            Step(1, .confirmed([1])),
        ])
    }

    @Test func aFullQueueIsServerBusyAtOnce() {
        check([
            Step(0, .connected(generation: 1)),
            Step(1, submit: job(1), [publish(1, token: 1)]),
            Step(1, submit: job(2), [publish(2, token: 2)]),
            Step(1, .refused([2]), [fail(2, .serverBusy, ran: false)]),
            Step(1, .refused([2, 77])),
        ])
    }

    @Test func aReturnIsNoRouteAndTheConfirmBehindItMeansNothing() {
        check([
            Step(0, .connected(generation: 1)),
            Step(1, submit: job(1), [publish(1, token: 1)]),
            Step(1, .returned(id(1)), [fail(1, .noRoute, ran: false)]),
            Step(1, .confirmed([1])),
        ])
    }

    @Test func theBoundRefusesOneMore() {
        check(
            bound: 2,
            [
                Step(0, .connected(generation: 1)),
                Step(1, submit: job(1), [publish(1, token: 1)]),
                Step(1, submit: job(2), [publish(2, token: 2)]),
                Step(1, submit: job(3), refused: .serverBusy),
                Step(1, .replied(id(1), []), [reply(1, [])]),
                Step(1, submit: job(3), [publish(3, token: 3)]),
            ]
        )
    }

    @Test func aJobIsNotTakenTwice() {
        check([
            Step(0, .connected(generation: 1)),
            Step(1, submit: job(1), [publish(1, token: 1)]),
            Step(1, submit: job(1), refused: .duplicateMessage),
            Step(1, .replied(id(1), []), [reply(1, [])]),
            Step(1, submit: job(1), [publish(1, token: 2)]),
        ])
    }

    @Test func theDeadlineIsTheSendersOwn() {
        check([
            Step(0, .connected(generation: 1)),
            Step(1, submit: job(1), [publish(1, token: 1)]),
            Step(1, submit: job(2, deadline: 1), refused: .deadlineExceeded),
            Step(29, .clockAdvanced),
            Step(30, .clockAdvanced, [fail(1, .deadlineExceeded, ran: true)]),
            Step(31, .replied(id(1), [])),
        ])
    }

    @Test func aLostConnectionMeansPublishingAgainTheSameBytesWithTheTimeThatIsLeft() {
        check([
            Step(0, .connected(generation: 1)),
            Step(1, submit: job(1), [publish(1, token: 1)]),
            Step(1, submit: job(2, deadline: 12), [publish(2, token: 2, left: 11)]),
            Step(1, submit: job(3, deadline: 20), [publish(3, token: 3, left: 19)]),
            Step(1, .confirmed([1])),
            Step(2, .replied(id(3), []), [reply(3, [])]),
            Step(3, .lost),
            Step(3, .confirmed([2])),
            Step(
                10,
                .connected(generation: 2),
                [
                    publish(2, token: 4, generation: 2, left: 2), publish(1, token: 5, generation: 2, left: 20),
                ]
            ),
            Step(10, .refused([1, 2])),
            Step(11, .replied(id(1), [7]), [reply(1, [7])]),
            Step(11, .refused([4]), [fail(2, .serverBusy, ran: true)]),
        ])
    }

    @Test func aJobWhoseDeadlinePassesDuringAnOutageIsNotPublishedAgain() {
        check([
            Step(0, .connected(generation: 1)),
            Step(1, submit: job(1, deadline: 4), [publish(1, token: 1, left: 3)]),
            Step(2, .lost),
            Step(5, .connected(generation: 2), [fail(1, .deadlineExceeded, ran: true)]),
        ])
    }

    @Test func anOutageIsBridgedForAWhileThenRefused() {
        check([
            Step(1, submit: job(1), []),
            Step(2, .connected(generation: 1), [publish(1, token: 1, left: 28)]),
            Step(3, .lost),
            Step(7, submit: job(2), []),
            Step(8, .clockAdvanced, [fail(2, .brokerUnavailable, ran: false)]),
            Step(8, submit: job(3), refused: .brokerUnavailable),
            Step(9, .connected(generation: 2), [publish(1, token: 2, generation: 2, left: 21)]),
            Step(9, submit: job(3), [publish(3, token: 3, generation: 2, left: 21)]),
        ])
    }

    @Test func aJobThatNoBrokerSawIsNotAnOverdueOne() {
        check([
            Step(1, submit: job(1, deadline: 3), []),
            Step(3, .clockAdvanced, [fail(1, .brokerUnavailable, ran: false)]),
        ])
    }

    @Test func aBrokerShortOfMemoryIsServerBusy() {
        check([
            Step(0, .connected(generation: 1)),
            Step(1, submit: job(1), [publish(1, token: 1)]),
            Step(1, .blocked(true)),
            Step(1, submit: job(2), refused: .serverBusy),
            Step(2, .blocked(false)),
            Step(2, submit: job(2), [publish(2, token: 2, left: 28)]),
            Step(2, .blocked(true)),
            Step(3, .lost),
            Step(
                4,
                .connected(generation: 2),
                [
                    publish(1, token: 3, generation: 2, left: 26), publish(2, token: 4, generation: 2, left: 26),
                ]
            ),
            Step(4, submit: job(3), [publish(3, token: 5, generation: 2, left: 26)]),
        ])
    }

    @Test func aPublishThatCouldNotBeQueuedWaitsOrFails() {
        check([
            Step(0, .connected(generation: 1)),
            Step(1, submit: job(1), [publish(1, token: 1)]),
            Step(1, .publishFailed(id(1), token: 1, nil)),
            Step(1, .lost),
            Step(2, .connected(generation: 2), [publish(1, token: 2, generation: 2, left: 28)]),
            Step(2, .publishFailed(id(1), token: 2, .serverBusy), [fail(1, .serverBusy, ran: false)]),
            Step(2, .publishFailed(id(1), token: 2, .serverBusy)),
        ])
    }

    @Test func aLateWordOfAFailedPublishDoesNotTouchTheNextOne() {
        check([
            Step(0, .connected(generation: 1)),
            Step(1, submit: job(1), [publish(1, token: 1)]),
            Step(1, .lost),
            Step(2, .connected(generation: 2), [publish(1, token: 2, generation: 2, left: 28)]),
            Step(2, .publishFailed(id(1), token: 1, nil)),
            Step(3, .refused([2]), [fail(1, .serverBusy, ran: false)]),
        ])
    }

    @Test func aCancelledCallerIsLetGo() {
        check([
            Step(0, .connected(generation: 1)),
            Step(1, submit: job(1), [publish(1, token: 1)]),
            Step(1, .cancelled(id(1)), [fail(1, .cancelled, ran: true)]),
            Step(1, .cancelled(id(1))),
            Step(1, .replied(id(1), [])),
        ])
    }

    @Test func shutdownTakesNothingNewAndLetsTheRestFinish() {
        check([
            Step(0, .connected(generation: 1)),
            Step(1, submit: job(1), [publish(1, token: 1)]),
            Step(1, submit: job(2), [publish(2, token: 2)]),
            Step(2, .shutdown),
            Step(2, submit: job(3), refused: .shuttingDown),
            Step(2, .replied(id(1), [5]), [reply(1, [5])]),
            Step(3, .abandon, [fail(2, .shuttingDown, ran: true)]),
        ])
    }
}
