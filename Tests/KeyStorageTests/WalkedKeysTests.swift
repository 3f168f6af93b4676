import KeyModel
import Testing

@testable import KeyStorage

/// Several walks through the indices become one list.
@Suite struct WalkedKeysTests {
    private func key(_ created: Int64, fits: Bool = true) -> WalkedKey {
        WalkedKey(identifier: UniqueIdentifier("key-\(created)"), created: created, fits: fits)
    }

    /// The keys, and behind which to go on.
    private func merged(_ walks: [WalkedKeys], limit: Int) -> [Int64?] {
        let (keys, next) = WalkedKeys.merged(walks, limit: limit) { $0.created > $1.created }
        return keys.map { Optional($0.created) } + [next?.created]
    }

    @Test func nothingIsTheEnd() {
        #expect(merged([WalkedKeys(keys: [], isCutOff: false)], limit: 3) == [nil])
    }

    @Test func oneWalkEndsAtTheLimitOrAtItsEnd() {
        let whole = WalkedKeys(keys: [key(3), key(2), key(1)], isCutOff: false)
        #expect(merged([whole], limit: 3) == [3, 2, 1, nil])
        #expect(merged([whole], limit: 2) == [3, 2, 2])
    }

    @Test func behindTheEndOfAWalkThatWasCutOffNothingIsSaid() {
        let walks = [
            WalkedKeys(keys: [key(9), key(5)], isCutOff: true),
            WalkedKeys(keys: [key(7), key(4), key(1)], isCutOff: false),
        ]
        #expect(merged(walks, limit: 10) == [9, 7, 5, 5])
        #expect(merged(walks, limit: 2) == [9, 7, 7])
    }

    @Test func whatDoesNotFitIsPassedOver() {
        let walks = [WalkedKeys(keys: [key(9, fits: false), key(5), key(3, fits: false)], isCutOff: true)]
        #expect(merged(walks, limit: 1) == [5, 3])
        let none = [WalkedKeys(keys: [key(9, fits: false), key(5, fits: false)], isCutOff: true)]
        #expect(merged(none, limit: 1) == [5])
    }
}
