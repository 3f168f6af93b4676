import Cryptography
import Foundation
import JobMessages
import KeyModel
import PipelineFixtures
import SwiftProtobuf

@testable import JobSealing

/// A fleet message with any content, signed by a worker or a front, heard twice.
struct FleetChecks {
    let fixture: JobFixture
    let option: UInt8

    func check(_ bytes: [UInt8]) throws {
        let senders = [fixture.worker, fixture.gateway.credential, fixture.admin.credential]
        let sender = senders[Int(option & 3) % senders.count]
        var contents = [bytes]
        if var content = try? WireFleetContent.decoded(bytes) {
            if option & 4 == 0 {
                content.context = "keyferry fleet v1"
                content.partition = fixture.services.partition.text
                content.bootID = Data(repeating: 1, count: 16)
            }
            if option & 8 == 0 { content.time = JobFixture.now }
            contents = [content.encoded()]
            content.sequence &+= option & 16 == 0 ? 1 : 2
            content.time &+= 1
            contents.append(content.encoded())
        }
        try hear(contents, from: sender)
    }

    private func hear(_ contents: [[UInt8]], from sender: ServiceCredential) throws {
        var verifier = FleetVerifier(trust: fixture.services.trust)
        for content in contents {
            let signature = try sender.key.sign(content)
            let message = WireFleetMessage.with {
                $0.content = Data(content)
                $0.signature = Data(signature)
                $0.certificate = Data(sender.certificate.der)
            }.encoded()
            guard let heard = try? verifier.verify(message, now: JobFixture.now) else { continue }
            try require(heard.sender.fingerprint == sender.fingerprint, "the message is somebody else's")
            try require(Self.maySay(heard.word, as: heard.sender.role), "\(heard.sender.role) says \(heard.word)")
            let again = try? verifier.verify(message, now: JobFixture.now)
            try require(again == nil, "a message is believed twice")
        }
    }

    private static func maySay(_ word: FleetWord, as role: ServiceRole) -> Bool {
        switch word {
        case .heartbeat, .change: role == .worker
        case .front(let front): role == front.role && (role == .gateway || role == .admin)
        }
    }
}
