import FuzzInputs
import JobSealing
import KeyModel

/// What comes from the queue: `kind | …`. Bit 0x80 of the kind: the rest is in compact form.
///
/// The broker is believed in nothing, so the bytes as they come (kind 0) must never be believed. The other kinds are sealed
/// or signed here as by a front or a worker that means ill, so that what is inside is reached.
enum JobMessageChecks {
    static func check(_ input: inout InputReader) throws {
        let fixture = try JobFixture.made.get()
        let kind = input.byte()
        let option = input.byte()
        let rest = input.remaining()
        let bytes = kind & 0x80 == 0 ? rest : CompactFields.expand(rest)
        switch kind & 0x07 {
        case 0: try ForgedBytes(fixture: fixture).check(bytes)
        case 1: try SealedJobChecks(fixture: fixture, option: option).check(bytes)
        case 2: try ReplyChecks(fixture: fixture, option: option).check(bytes)
        case 3: try TicketChecks(fixture: fixture, option: option).check(bytes)
        case 4: try FleetChecks(fixture: fixture, option: option).check(bytes)
        case 5: try CertificateChecks(fixture: fixture).checkCertificate(bytes)
        case 6: try CertificateChecks(fixture: fixture).checkExtensions(bytes, option: option)
        default: try OutsideChecks(fixture: fixture).check(bytes)
        }
    }
}
