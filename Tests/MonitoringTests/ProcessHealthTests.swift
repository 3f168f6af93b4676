import Testing

@testable import Monitoring

@Suite struct ProcessHealthTests {
    @Test func aProcessStartsRunsAndStops() async {
        let health = ProcessHealth()
        #expect(health.whyNotReady() == "starting")
        #expect(await health.whyNotAlive() == nil)
        health.run(HealthProbes(notReady: { nil }, notAlive: { "stuck" }))
        #expect(health.whyNotReady() == nil)
        #expect(await health.whyNotAlive() == "stuck")
        health.stop()
        #expect(health.whyNotReady() == "stopping")
        #expect(await health.whyNotAlive() == nil)
        // A process that was put together while it was told to stop does not come back.
        health.run(HealthProbes(notReady: { nil }))
        #expect(health.whyNotReady() == "stopping")
    }

    @Test func aRepeatedEventIsToldOnceInAnInterval() {
        var event = RepeatedEvent(interval: .seconds(60))
        let start = ContinuousClock.now
        #expect(event.isOver() == false)
        #expect(event.happened(at: start) == 1)
        #expect(event.happened(at: start + .seconds(1)) == nil)
        #expect(event.happened(at: start + .seconds(59)) == nil)
        #expect(event.happened(at: start + .seconds(60)) == 3)
        #expect(event.happened(at: start + .seconds(61)) == nil)
        #expect(event.isOver() == true)
        #expect(event.isOver() == false)
        #expect(event.happened(at: start + .seconds(62)) == 1)
    }
}
