/// Takes an input apart from its front. Behind its end everything is zero, so that every input means something.
package struct InputReader {
    private var rest: ArraySlice<UInt8>

    package init(_ input: [UInt8]) {
        rest = input[...]
    }

    package var isAtEnd: Bool { rest.isEmpty }

    package mutating func byte() -> UInt8 {
        rest.popFirst() ?? 0
    }

    /// As many bytes as there are, `count` at most.
    package mutating func bytes(_ count: Int) -> [UInt8] {
        let taken = rest.prefix(count)
        rest = rest.dropFirst(count)
        return Array(taken)
    }

    package mutating func counted(atMost maximum: Int) -> [UInt8] {
        let count = Int(byte())
        return bytes(min(count, maximum))
    }

    package mutating func remaining() -> [UInt8] {
        bytes(rest.count)
    }
}
