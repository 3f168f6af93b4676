import Testing

@testable import LocalSite

@Suite struct HangUpTests {
    /// SIGHUP is signal 1, the lowest bit.
    @Test(arguments: [
        ("Name:\tkeyferry-setup\nSigBlk:\t0000000000000001\nSigIgn:\t0000000000001000\n", true),
        ("Name:\tkeyferry-setup\nSigIgn:\t0000000000001001\nSigCgt:\t0000000000000000\n", false),
        ("SigIgn:\tffffffffffffffff\n", false), ("SigIgn:\tnone\n", true), ("", true),
    ])
    func theTerminalsEndIsTheSitesUnlessItIsIgnored(status: String, ends: Bool) {
        #expect(LocalSiteRun.endsWithTerminal(status) == ends)
    }
}
