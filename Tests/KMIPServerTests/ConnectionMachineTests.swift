import Cryptography
import TLSTestPeers
import Testing

@testable import KMIPServer

/// The decisions of a connection, as tables of events and actions.
struct ConnectionMachineTests {
    /// Actions as text: what is compared.
    private func text(_ actions: [ConnectionMachine.Action]) -> [String] {
        actions.map { action in
            switch action {
            case .admit: "admit"
            case .respond(let request): "respond \(request.bytes.count)"
            case .send(let response): "send \(response.bytes.count)"
            case .close(let reason): "close \(reason.code.rawValue)"
            case .limit(let limit): limit.map { "limit \($0)" } ?? "no limit"
            }
        }
    }

    private let request = Frames.request()
    private static let refusal = KMIPCloseReason(.notRegistered, "refused")
    private static let removal = KMIPCloseReason(.certificateRemoved, "removed")

    /// A machine whose connection was admitted.
    private func admitted() -> ConnectionMachine {
        var machine = ConnectionMachine(maximumMessageByteCount: 64)
        _ = machine.handshakeDone()
        _ = machine.admitted(.serve(instance: "test"))
        return machine
    }

    @Test func servesOneRequestAtATime() throws {
        var machine = ConnectionMachine(maximumMessageByteCount: 64)
        // TLS reads what its handshake needs.
        #expect(machine.wantsInput == false)
        #expect(text(machine.handshakeDone()) == ["admit"])
        #expect(machine.wantsInput == false)
        #expect(text(machine.admitted(.serve(instance: "test"))) == ["limit nextRequest"])
        #expect(machine.wantsInput == true)
        #expect(text(machine.received(try Frames.box(request + request))) == ["no limit", "respond 8"])
        #expect(machine.wantsInput == false)
        #expect(text(machine.answered(.send(try Frames.box([1])))) == ["limit responseToBeTaken", "send 1"])
        #expect(machine.wantsInput == false)
        #expect(text(machine.sent()) == ["no limit", "respond 8"])
        #expect(text(machine.answered(.send(try Frames.box([1])))) == ["limit responseToBeTaken", "send 1"])
        #expect(text(machine.sent()) == ["limit nextRequest"])
        #expect(machine.wantsInput == true)
    }

    @Test func requestsThatCameEarlyWaitForTheAdmission() throws {
        var machine = ConnectionMachine(maximumMessageByteCount: 64)
        _ = machine.handshakeDone()
        #expect(text(machine.received(try Frames.box(request))) == [])
        #expect(text(machine.admitted(.serve(instance: "test"))) == ["respond 8"])
    }

    @Test func aRequestInPiecesHasOneLimit() throws {
        var machine = admitted()
        #expect(text(machine.received(try Frames.box([0x42]))) == ["limit restOfRequest"])
        #expect(text(machine.received(try Frames.box([0x00, 0x78]))) == [])
        #expect(text(machine.limitReached()) == ["no limit", "close unfinishedRequest"])
    }

    @Test func refusesAtTheFirstByte() throws {
        var machine = ConnectionMachine(maximumMessageByteCount: 64)
        _ = machine.handshakeDone()
        #expect(text(machine.admitted(.refuseAtFirstRequest(Self.refusal))) == ["limit firstRequestToRefuse"])
        #expect(machine.wantsInput == true)
        #expect(text(machine.received(try Frames.box([0x42]))) == ["no limit", "close notRegistered"])
        #expect(text(machine.received(try Frames.box([0x42]))) == [])
    }

    @Test func refusesAtOnceWhatHasAskedAlready() throws {
        var machine = ConnectionMachine(maximumMessageByteCount: 64)
        _ = machine.handshakeDone()
        _ = machine.received(try Frames.box([0x42]))
        #expect(text(machine.admitted(.refuseAtFirstRequest(Self.refusal))) == ["no limit", "close notRegistered"])
    }

    @Test func aRefusedConnectionThatAsksNothingEnds() {
        var machine = ConnectionMachine(maximumMessageByteCount: 64)
        _ = machine.handshakeDone()
        _ = machine.admitted(.refuseAtFirstRequest(Self.refusal))
        #expect(text(machine.limitReached()) == ["no limit", "close idle"])
    }

    @Test func theEndOfInputWaitsForTheAnswer() throws {
        var machine = admitted()
        _ = machine.received(try Frames.box(request))
        #expect(text(machine.inputClosed()) == [])
        _ = machine.answered(.send(try Frames.box([1])))
        #expect(text(machine.sent()) == ["no limit", "close finished"])
    }

    @Test func theEndOfInputWithinARequestIsNotOrderly() throws {
        var machine = admitted()
        _ = machine.received(try Frames.box([0x42]))
        #expect(text(machine.inputClosed()) == ["no limit", "close unfinishedRequest"])
    }

    @Test func aCloseCanWaitForTheResponse() throws {
        var machine = admitted()
        _ = machine.received(try Frames.box(request + request))
        #expect(text(machine.closeRequested(.shutdown, .afterResponse)) == [])
        _ = machine.answered(.send(try Frames.box([1])))
        #expect(text(machine.sent()) == ["no limit", "close shutdown"])
    }

    @Test func aCloseWaitsUntilTheResponseIsTaken() throws {
        var machine = admitted()
        _ = machine.received(try Frames.box(request))
        _ = machine.answered(.sendAndClose(try Frames.box([1]), Self.removal))
        #expect(text(machine.sent()) == ["no limit", "close certificateRemoved"])
    }

    @Test func aResponseThatIsNotTakenEndsTheConnection() throws {
        var machine = admitted()
        _ = machine.received(try Frames.box(request))
        _ = machine.answered(.send(try Frames.box([1])))
        #expect(text(machine.limitReached()) == ["no limit", "close responseNotTaken"])
        #expect(text(machine.sent()) == [])
    }

    @Test func aCloseNeedNotWait() throws {
        var machine = admitted()
        _ = machine.received(try Frames.box(request))
        #expect(text(machine.closeRequested(Self.removal, .now)) == ["no limit", "close certificateRemoved"])
        #expect(text(machine.answered(.send(try Frames.box([1])))) == [])
        #expect(text(machine.closeRequested(.shutdown, .now)) == [])
    }

    @Test func garbageAfterARequestShowsWhenItsTurnComes() throws {
        var machine = admitted()
        #expect(text(machine.received(try Frames.box(request + [0x47]))) == ["no limit", "respond 8"])
        _ = machine.answered(.send(try Frames.box([1])))
        #expect(text(machine.sent()) == ["no limit", "close notKMIP"])
    }

    @Test func theFirstReasonToEndCounts() {
        var machine = admitted()
        #expect(text(machine.ended(Self.removal)) == ["no limit", "close certificateRemoved"])
        #expect(text(machine.ended(.finished)) == [])
        #expect(text(machine.limitReached()) == [])
    }
}
