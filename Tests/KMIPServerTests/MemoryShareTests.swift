import Cryptography
import KMIPFraming
import Testing

@testable import KMIPServer

/// How the secure memory is shared, and what a connection asks for before it takes any.
struct MemoryShareTests {
    private static let one = [UInt8](repeating: 1, count: 32)
    private static let two = [UInt8](repeating: 2, count: 32)

    private func takeAll(_ shares: inout MemoryShares, _ client: [UInt8], by step: Int = 1) -> Int {
        var count = 0
        while shares.change(by: step, of: client) { count += step }
        return count
    }

    @Test func aloneAClientGetsTwoThirds() {
        var shares = MemoryShares(limit: 300)
        #expect(takeAll(&shares, Self.one) == 200)
    }

    @Test func twoGreedyOnesGetTwoFifthsEach() {
        var shares = MemoryShares(limit: 500)
        for _ in 0..<500 {
            _ = shares.change(by: 1, of: Self.one)
            _ = shares.change(by: 1, of: Self.two)
        }
        #expect(takeAll(&shares, Self.one) == 0)
        #expect(takeAll(&shares, Self.two) == 0)
        #expect(shares.change(by: -200, of: Self.one) == true)
        #expect(shares.change(by: -200, of: Self.two) == true)
        #expect(shares.clientCount == 0)
        #expect(takeAll(&shares, Self.one) == 333)
    }

    /// However many are greedy, one that holds nothing gets something.
    @Test func thereIsSomethingForOneThatHasNothing() {
        var shares = MemoryShares(limit: 3 << 20)
        for number in UInt8(1)...6 {
            #expect(takeAll(&shares, [number], by: 512) >= 512, "client \(number)")
        }
    }

    @Test func whatIsRefusedChangesNothing() {
        var shares = MemoryShares(limit: 300)
        #expect(shares.change(by: 201, of: Self.one) == false)
        #expect(shares.change(by: 1 << 40, of: Self.one) == false)
        #expect(shares.change(by: 200, of: Self.one) == true)
        #expect(shares.change(by: 1, of: Self.one) == false)
        #expect(shares.change(by: -200, of: Self.one) == true)
        #expect(takeAll(&shares, Self.two) == 200)
    }

    @Test(arguments: [(0, 0), (1, 32), (32, 32), (33, 64), (1_024, 1_024), (1_025, 2_048), (1 << 20, 1 << 20)])
    func secretsTakeWholeBlocks(count: Int, expected: Int) {
        #expect(SecureBlock.byteCount(holding: count) == expected)
    }

    // MARK: A connection

    @Test func aConnectionGivesBackWhatItHeldWhenNobodyHasItAnyMore() {
        let listener = ListenerMemory(limit: 3_072)
        do {
            let memory = ConnectionMemory(listener, client: Self.one)
            #expect(memory.takeArrival(1_024))
            #expect(memory.takeSecret(of: 500))
            #expect(memory.takeResponse(of: 512))
            #expect(!memory.takeSecret(of: 1))
            #expect(!ConnectionMemory(listener, client: Self.one).takeResponse(of: 32))
            memory.settleArrival(512, messageByteCount: 512)
            #expect(!memory.takeSecret(of: 1), "what is answered counts on")
            memory.giveBackRequest()
            #expect(memory.takeSecret(of: 1_000))
        }
        #expect(ConnectionMemory(listener, client: Self.one).takeArrival(2_048))
    }

    @Test func aResponseThatIsReplacedCountsOnce() {
        let memory = ConnectionMemory(ListenerMemory(limit: 3_072), client: Self.one)
        #expect(!memory.takeResponse(of: 2_049))
        #expect(memory.takeResponse(of: 2_048))
        #expect(memory.takeResponse(of: 64))
        #expect(memory.takeArrival(1_984))
        memory.giveBackResponse()
        #expect(memory.takeArrival(2_048))
    }

    /// The least arena that a configuration may name for a longest message, and records of any size: the message comes
    /// in, and what is held is never more than was asked for; then it has an answer as long.
    @Test(arguments: [1_024, 8_192, 16_384, 32_768, 40_000, 65_536, 1 << 20], [16_384, 16_000, 1_400])
    func aClientAloneCanHaveTheLongestMessage(longest: Int, record: Int) throws {
        let arena = 4 * max(longest, 32 << 10)
        let listener = ListenerMemory(limit: KMIPServerConfiguration.messageMemory(ofArena: arena))
        let memory = ConnectionMemory(listener, client: Self.one)
        var machine = ConnectionMachine(maximumMessageByteCount: longest)
        _ = machine.handshakeDone()
        _ = machine.admitted(.serve(instance: "test"))
        let message = Frames.request([UInt8](repeating: 7, count: (longest - 8) / 8 * 8))
        var answered = 0
        for start in stride(from: 0, to: message.count, by: record) {
            let chunk = try Frames.box(Array(message[start..<min(start + record, message.count)]))
            let most = machine.mostByteCount(adding: chunk.bytes.count)
            try #require(memory.takeArrival(most), "after \(start) bytes")
            var taken = 0
            for case .respond(let request) in machine.received(chunk) { taken = request.bytes.count }
            let held = machine.heldByteCount
            #expect(held + SecureBlock.byteCount(holding: taken) <= most)
            memory.settleArrival(held, messageByteCount: taken > 0 ? taken : nil)
            answered += taken
        }
        #expect(answered == message.count)
        #expect(machine.heldByteCount == 0)
        #expect(memory.takeResponse(of: message.count))
    }

    /// One that is not taken in costs nothing; nor does one that is closed, however long its end takes.
    @Test func aConnectionHoldsWhatItKeeps() throws {
        var machine = ConnectionMachine(maximumMessageByteCount: 4_096)
        #expect(machine.mostByteCount(adding: 1_000) == 0)
        _ = machine.handshakeDone()
        _ = machine.admitted(.serve(instance: "test"))
        _ = machine.received(try Frames.box(Array(Frames.request([UInt8](repeating: 7, count: 4_000)).prefix(3_000))))
        #expect(machine.heldByteCount == 4_096)
        _ = machine.limitReached()
        #expect(machine.heldByteCount == 0)
        #expect(machine.mostByteCount(adding: 1_000) == 0)
    }

    @Test func aStrangerHoldsNothing() {
        var machine = ConnectionMachine(maximumMessageByteCount: 4_096)
        _ = machine.handshakeDone()
        _ = machine.admitted(.refuseAtFirstRequest(KMIPCloseReason(.notRegistered, "test")))
        #expect(machine.mostByteCount(adding: 1_000) == 0)
    }
}
