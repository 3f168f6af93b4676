import JobSealing
import KeyModel
import KeyStorage
import TestServices
import Testing

@testable import Worker

@Suite(.enabled(if: ServiceRequirement.softHSM.isMet))
struct AuditIntegrationTests {
    @Test func everyOperationIsOnTheRecord() async throws {
        try await SoftHSMModule.withToken { token in
            let site = try TestSite(token)
            let material = [UInt8](repeating: 7, count: 32)
            let registered = try site.register(material)
            let key = try site.create()
            let operations: [(KeyModel.Operation, AuditEvent.Action)] = [
                (.makeGet(key), .keyRead), (.makeActivate(key), .keyActivate),
                (.getAttributes(GetAttributesOperation(identifier: key, names: [])), .attributesRetrieve),
                (.getAttributeList(GetAttributeListOperation(identifier: key)), .attributesRetrieve),
                (
                    .addAttribute(AddAttributeOperation(identifier: key, attribute: .custom("x-a", "b"))),
                    .attributesChange
                ),
                (
                    .modifyAttribute(ModifyAttributeOperation(identifier: key, attribute: .custom("x-a", "c"))),
                    .attributesChange
                ),
                (
                    .deleteAttribute(
                        DeleteAttributeOperation(identifier: key, name: AttributeName("x-a"), index: 0)
                    ),
                    .attributesChange
                ),
                (.makeRevoke(key), .keyRevoke), (.makeDestroy(key), .keyDestroy),
            ]
            for (operation, _) in operations { _ = try site.outcome(operation).get() }
            _ = try site.locate([])
            let events = try site.worker.auditEvents()
            #expect(events.map(\.action) == [.keyRegister, .keyCreate] + operations.map(\.1) + [.keyLocate])
            #expect(events.map(\.object) == [registered] + Array(repeating: key, count: 10) + [nil])
            for event in events {
                #expect(event.failure == nil && !event.isRepeat)
                #expect(event.initiator == "CertificateID-\(site.one.fingerprint)")
                #expect(event.address == "192.0.2.7" && event.requestID == "request")
                #expect(event.instance == site.one.instance)
                #expect(event.time.secondsSince1970 == site.clock.now / 1_000)
            }
        }
    }

    @Test func failuresAreOnTheRecordWithTheirReason() async throws {
        try await SoftHSMModule.withToken { token in
            let site = try TestSite(token)
            let key = try site.create()
            _ = try site.outcome(.makeGet(key), of: site.other)
            _ = try site.outcome(.makeDestroy(UniqueIdentifier("none")))
            let events = try site.worker.auditEvents().dropFirst()
            #expect(events.map(\.action) == [.keyRead, .keyDestroy])
            #expect(events.map(\.failure) == [.itemNotFound, .itemNotFound])
            #expect(events.map(\.instance) == [site.other.instance, site.one.instance])
            #expect(events.map(\.object) == [key, UniqueIdentifier("none")])
        }
    }

    @Test func aKeyIsNotedAsRetrieved() async throws {
        try await SoftHSMModule.withToken { token in
            let site = try TestSite(token)
            let key = try site.create()
            #expect(try site.rows("SELECT last_retrieved FROM managed_objects") == [[.null]])
            _ = try site.get(key)
            let seconds = site.clock.now / 1_000
            #expect(try site.rows("SELECT last_retrieved FROM managed_objects") == [[.integer(seconds)]])
        }
    }
}
