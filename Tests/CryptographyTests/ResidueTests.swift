import Cryptography
import Glibc
import Testing

@Suite("What is left in memory")
struct ResidueTests {
    /// OpenSSL 3.0 by itself leaves two copies of a loaded key's DER in freed memory.
    @Test("a private key that was loaded and dropped is nowhere in the process's memory")
    func loadedKeyLeavesNothing() throws {
        #expect(SecureHeap.wipesFreedMemory)
        let folder = try TemporaryFolder()
        let path = folder.path("key.pem")
        try PrivateKey.generate(.rsa2048).write(toPEMFile: path)
        let modulusEnd = try PrivateKey(pemFile: path).publicKey.subjectPublicKeyInfo.count
        #expect(modulusEnd > 256)
        // A line from the private exponent's part, kept inverted so that the search does not find itself.
        let inverted = try invertedLine(12, ofFile: path)
        let invertedDER = try invertedDecoding(inverted)
        #expect(try count(invertedNeedle: inverted) == 0)
        #expect(try count(invertedNeedle: invertedDER) == 0)
        // The search does find what is there.
        let present = try SecretBytes.random(count: 48)
        let sample = present.withUnsafeBytes { bytes in bytes.map { ~$0 } }
        #expect(try count(invertedNeedle: sample) == 1)
        withExtendedLifetime(SecretBox(present)) {}
    }

    private func invertedLine(_ number: Int, ofFile path: String) throws -> [UInt8] {
        let text = try SecretBytes(contentsOfFile: path)
        return text.withUnsafeBytes { bytes in
            let lines = bytes.split(separator: UInt8(ascii: "\n"))
            return lines[number].map { ~$0 }
        }
    }

    /// Decodes base64 whose characters are inverted, into inverted bytes, leaving no clear copy.
    private func invertedDecoding(_ inverted: [UInt8]) throws -> [UInt8] {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        var decoded: [UInt8] = []
        for start in stride(from: 0, to: inverted.count, by: 4) {
            var group = 0
            for character in inverted[start..<start + 4] {
                group = group << 6 | (try #require(alphabet.firstIndex(of: ~character)))
            }
            decoded += [~UInt8(group >> 16), ~UInt8(group >> 8 & 0xFF), ~UInt8(group & 0xFF)]
        }
        return decoded
    }

    /// How often the inverse of some bytes occurs in the readable and writable memory of this process.
    private func count(invertedNeedle: [UInt8]) throws -> Int {
        let memory = open("/proc/self/mem", O_RDONLY)
        defer { close(memory) }
        try #require(memory >= 0)
        let window = 1 << 20
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: window, alignment: 16)
        defer { buffer.deallocate() }
        let ownPlaces = Int(bitPattern: buffer.baseAddress)..<Int(bitPattern: buffer.baseAddress) + window
        var found = 0
        for region in try writableRegions() {
            var start = region.lowerBound
            while start < region.upperBound {
                let length = pread(memory, buffer.baseAddress, min(window, region.upperBound - start), start)
                guard length > 0 else { break }
                for offset in occurrences(of: invertedNeedle, in: UnsafeRawBufferPointer(rebasing: buffer[..<length]))
                where !ownPlaces.contains(start + offset) {
                    found += 1
                }
                // Windows overlap by the needle, so that one across a border is found once.
                let isLast = start + length >= region.upperBound
                start += isLast ? length : max(1, length - invertedNeedle.count + 1)
            }
        }
        buffer.initializeMemory(as: UInt8.self, repeating: 0)
        return found
    }

    private func occurrences(of inverted: [UInt8], in bytes: UnsafeRawBufferPointer) -> [Int] {
        guard bytes.count >= inverted.count, let start = bytes.baseAddress else { return [] }
        var places: [Int] = []
        var next = 0
        while next <= bytes.count - inverted.count {
            guard let hit = memchr(start + next, Int32(~inverted[0]), bytes.count - inverted.count - next + 1) else {
                break
            }
            let place = start.distance(to: UnsafeRawPointer(hit))
            if inverted.indices.allSatisfy({ bytes[place + $0] == ~inverted[$0] }) { places.append(place) }
            next = place + 1
        }
        return places
    }

    private func writableRegions() throws -> [Range<Int>] {
        let maps = try #require(fopen("/proc/self/maps", "r"))
        defer { fclose(maps) }
        var regions: [Range<Int>] = []
        var line = [CChar](repeating: 0, count: 4_096)
        while fgets(&line, Int32(line.count), maps) != nil {
            let text = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            let fields = text.split(separator: " ")
            let ends = fields[0].split(separator: "-").compactMap { Int($0, radix: 16) }
            if fields[1].hasPrefix("rw"), ends.count == 2, ends[0] < ends[1] { regions.append(ends[0]..<ends[1]) }
        }
        return regions
    }
}
