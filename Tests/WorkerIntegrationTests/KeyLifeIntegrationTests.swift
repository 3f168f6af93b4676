import Cryptography
import JobSealing
import KeyModel
import KeyStorage
import TestServices
import Testing

@testable import Worker

/// The life of keys: from sealed jobs to the token and the store, and back.
@Suite(.enabled(if: ServiceRequirement.softHSM.isMet))
struct KeyLifeIntegrationTests {
    @Test(arguments: [16, 24, 32])
    func aRegisteredKeyComesBackAsItWas(_ count: Int) async throws {
        try await SoftHSMModule.withToken { token in
            let site = try TestSite(token)
            let material = try RandomBytes.generate(count: count)
            let identifier = try site.register(material)
            #expect(try site.get(identifier) == material)
            let digest = try site.attribute(.digest, of: identifier).first
            #expect(digest?.field("Digest Value") == .bytes(SHA256.hash(material)))
            #expect(try site.attribute(.cryptographicLength, of: identifier) == [.integer(Int32(count * 8))])
        }
    }

    @Test(arguments: [128, 192, 256])
    func aCreatedKeyIsTheSameAtEveryGet(_ bits: Int32) async throws {
        try await SoftHSMModule.withToken { token in
            let site = try TestSite(token)
            let result = try site.outcome(.makeCreate(bits: bits)).get()
            guard case .created(.symmetricKey, let identifier) = result else {
                Issue.record("\(result)")
                return
            }
            let material = try site.get(identifier)
            #expect(material.count == Int(bits) / 8)
            #expect(try site.get(identifier) == material)
            let digest = try site.attribute(.digest, of: identifier).first
            #expect(digest?.field("Digest Value") == .bytes(SHA256.hash(material)))
        }
    }

    @Test func twoCreatesMakeTwoKeys() async throws {
        try await SoftHSMModule.withToken { token in
            let site = try TestSite(token)
            let (one, other) = (try site.create(), try site.create())
            #expect(one != other)
            #expect(try site.get(one) != site.get(other))
        }
    }

    @Test func aKeyIsActivatedRevokedAndDestroyed() async throws {
        try await SoftHSMModule.withToken { token in
            let site = try TestSite(token)
            let key = try site.create([.name("vm-1")])
            #expect(try site.attribute(.state, of: key) == [.enumeration(1)])
            _ = try site.outcome(.makeActivate(key)).get()
            #expect(try site.attribute(.state, of: key) == [.enumeration(2)])
            #expect(try site.outcome(.makeActivate(key)).failureCode == .wrongLifecycleState)
            #expect(try site.outcome(.makeDestroy(key)).failureCode == .wrongLifecycleState)
            _ = try site.outcome(.makeRevoke(key)).get()
            #expect(try site.attribute(.state, of: key) == [.enumeration(3)])
            // What is encrypted with it must still be readable.
            _ = try site.get(key)
            _ = try site.outcome(.makeDestroy(key)).get()
            #expect(try site.outcome(.makeGet(key)).failureCode == .objectDestroyed)
            #expect(try site.attribute(.state, of: key) == [.enumeration(5)])
            #expect(try site.locate([.name("vm-1")]).isEmpty)
            let wrapped = try site.rows("SELECT wrapped_material FROM managed_objects")
            #expect(wrapped == [[.null]])
            // The name is free again.
            _ = try site.create([.name("vm-1")])
        }
    }

    @Test func attributesAreAddedModifiedAndDeleted() async throws {
        try await SoftHSMModule.withToken { token in
            let site = try TestSite(token)
            let key = try site.create([.custom("x-Product", "VMware vSphere")])
            let name = AttributeName("x-Product")
            let added = try site.outcome(
                .addAttribute(AddAttributeOperation(identifier: key, attribute: .custom("x-Product", "vSAN")))
            ).get()
            let second = Attribute(name: name, index: 1, value: .text("vSAN"))
            #expect(added == .attributeAdded(key, second))
            let changed = Attribute(name: name, index: 1, value: .text("vSAN 8"))
            _ = try site.outcome(
                .modifyAttribute(ModifyAttributeOperation(identifier: key, attribute: changed))
            ).get()
            #expect(try site.attribute(name, of: key) == [.text("VMware vSphere"), .text("vSAN 8")])
            _ = try site.outcome(
                .deleteAttribute(DeleteAttributeOperation(identifier: key, name: name, index: 0))
            ).get()
            #expect(try site.attribute(name, of: key) == [.text("vSAN 8")])
            let list = try site.outcome(.getAttributeList(GetAttributeListOperation(identifier: key))).get()
            guard case .attributeList(_, let names) = list else {
                Issue.record("\(list)")
                return
            }
            #expect(names.contains(name) && names.contains(.state) && Set(names).count == names.count)
        }
    }

    @Test func locateFindsByNameAndCustomAttributeNewestFirst() async throws {
        try await SoftHSMModule.withToken { token in
            let site = try TestSite(token)
            var made: [UniqueIdentifier] = []
            for number in 0..<4 {
                made.append(try site.create([.name("vm-\(number)"), .custom("x-Cluster", "c-\(number % 2)")]))
                site.clock.advance(byMilliseconds: 1_000)
            }
            #expect(try site.locate([.name("vm-2")]) == [made[2]])
            #expect(try site.locate([.custom("x-Cluster", "c-1")]) == [made[3], made[1]])
            #expect(try site.locate([.custom("x-Cluster", "c-1"), .name("vm-2")]).isEmpty)
            #expect(try site.locate([]) == made.reversed())
            #expect(try site.locate([], of: site.other).isEmpty)
            let page = try site.outcome(.makeLocate([], maximum: 2, offset: 1)).get()
            #expect(page == .located([made[2], made[1]], total: 4))
        }
    }

    @Test func aNameBelongsToOneLiveObjectOfAnInstance() async throws {
        try await SoftHSMModule.withToken { token in
            let site = try TestSite(token)
            _ = try site.create([.name("vm-1")])
            #expect(try site.outcome(.makeCreate([.name("vm-1")])).failureCode == .nameNotUnique)
            _ = try site.create([.name("vm-1")], of: site.other)
            let second = try site.create()
            let add = AddAttributeOperation(identifier: second, attribute: .name("vm-1"))
            #expect(try site.outcome(.addAttribute(add)).failureCode == .nameNotUnique)
        }
    }

    @Test func materialThatIsNotWhatItIsSaidToBeIsRefused() async throws {
        try await SoftHSMModule.withToken { token in
            let site = try TestSite(token)
            let material = try RandomBytes.generate(count: 32)
            let good = try site.gateway.wrap(material)
            var altered = good.blob
            altered[3] ^= 1
            let transported = [
                TransportedKeyMaterial(blob: altered, trueLength: 32),
                TransportedKeyMaterial(blob: [], trueLength: 32),
                TransportedKeyMaterial(blob: good.blob, trueLength: 31),
                TransportedKeyMaterial(blob: good.blob, trueLength: 16),
                try site.gateway.wrap([UInt8](material.prefix(16))),
            ]
            for wrong in transported {
                let outcome = try site.outcome(.makeRegister(wrong, of: material))
                #expect(outcome.failureCode == .materialInvalid)
            }
            #expect(try site.count("managed_objects") == 0)
        }
    }
}
