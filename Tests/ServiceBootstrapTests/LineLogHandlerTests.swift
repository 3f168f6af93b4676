import Foundation
import Logging
import Testing

@testable import ServiceBootstrap

@Suite struct LineLogHandlerTests {
    private func lines(_ format: LogSettings.Format, _ body: (Logger) -> Void) throws -> [String] {
        let pipe = Pipe()
        let output = LogOutput(fileDescriptor: pipe.fileHandleForWriting.fileDescriptor)
        let settings = LogSettings(level: .debug, format: format)
        body(Logger(label: "test") { LineLogHandler(label: $0, settings: settings, output: output) })
        try pipe.fileHandleForWriting.close()
        let bytes = try pipe.fileHandleForReading.readToEnd() ?? Data()
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
            .dropLast().map(String.init)
    }

    @Test func oneEventIsOneLine() throws {
        let lines = try lines(.text) { log in
            log.info("listening", metadata: ["port": "5696", "host": "::1"])
            log.trace("not at this level")
        }
        #expect(lines.count == 1)
        #expect(lines.first?.hasSuffix(" info test: listening host=::1 port=5696") == true)
    }

    @Test(arguments: [
        "x\n2026-01-01T00:00:00.000Z critical test: forged", "x\r", "\u{2028}", "\u{85}", "\u{1b}[2J", "a\" b=\"c",
        "\u{202e}gnp", "\0",
    ])
    func nothingFromOutsideForgesALineOrAField(hostile: String) throws {
        let text = try lines(.text) {
            $0.warning("\(hostile)", metadata: ["subject": "\(hostile)", "\(hostile)": "v"])
        }
        #expect(text.count == 1)
        for scalar in text.joined().unicodeScalars {
            #expect(scalar.properties.generalCategory != .control)
            #expect(scalar.properties.generalCategory != .format)
            #expect(scalar.properties.generalCategory != .lineSeparator)
        }
        #expect(text.first?.contains(" b=\"c") == false)

        let json = try lines(.json) { $0.warning("\(hostile)", metadata: ["subject": "\(hostile)"]) }
        #expect(json.count == 1)
        let object = try JSONSerialization.jsonObject(with: Data(json.joined().utf8)) as? [String: Any]
        #expect(object?["message"] as? String == hostile)
        #expect((object?["fields"] as? [String: String])?["subject"] == hostile)
    }

    @Test func longTextIsCut() throws {
        let lines = try lines(.text) { $0.info("\(String(repeating: "a", count: 100_000))") }
        #expect(lines.count == 1)
        #expect((lines.first?.count ?? 0) < 5000)
    }

    @Test func timeIsUTC() {
        #expect(LogTime.text(seconds: 1_792_108_800, milliseconds: 7) == "2026-10-16T00:00:00.007Z")
    }
}
