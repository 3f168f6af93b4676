import AdminTestFront
import Cryptography
import Foundation
import KeyModel
import Testing

@Suite("Commands about root keys and operations, against an admin front")
struct RootKeyCommandsTests {
    private func withOwner(
        _ answers: [String: Result<OperatorAnswer, OperationFailure>],
        _ body:
            @escaping @Sendable (@escaping @Sendable ([String]) async -> (Int32, RecordedConsole), AdminFixture)
            async throws ->
            Void
    ) async throws {
        try await AdminFixture.run { admin in
            let folder = FileManager.default.temporaryDirectory.appending(path: "home-\(UUID().uuidString)")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            defer { try? FileManager.default.removeItem(at: folder) }
            func write(_ name: String, _ text: String) throws {
                try Data(text.utf8).write(to: folder.appending(path: name))
            }
            try write("server-ca.pem", admin.services.authority.certificate.pem)
            try write("operator.pem", admin.keyOwner.certificate.pem)
            try admin.keyOwner.privateKey.write(toPEMFile: folder.appending(path: "operator.key").path)
            try write(
                "operator.yaml",
                """
                server: 127.0.0.1:\(admin.port)
                serverAuthorityFile: server-ca.pem
                certificateFile: operator.pem
                keyFile: operator.key
                timeoutSeconds: 10
                """
            )
            admin.jobs.set(\.answers, answers)
            let home = folder.path
            try await body(
                { arguments in
                    let console = RecordedConsole()
                    return (await console.run(arguments + ["--home", home]), console)
                },
                admin
            )
        }
    }

    @Test("list and show")
    func tables() async throws {
        let key = RootKeySample.description
        let answers: [String: Result<OperatorAnswer, OperationFailure>] = [
            "root-key.list": .success(.rootKey(.list([key]))), "root-key.show": .success(.rootKey(.rootKey(key))),
        ]
        try await withOwner(answers) { run, _ in
            let (code, list) = await run(["root-key", "list"])
            #expect(code == 0)
            #expect(
                list.output == """
                    NAME   STATUS            VERSION  KEYS  UNDER OLDER VERSIONS  INSTANCES        IDENTIFIER
                    first  active, rotating  2        13    3                     kmip-ab kmip-cd  root-1
                    """
            )
            let (_, show) = await run(["root-key", "show", "first"])
            #expect(
                show.output == """
                    Root key 'first'
                      identifier  root-1
                      partition   main
                      status      active
                      created     2023-11-14T22:13:20Z
                      used by     kmip-ab, kmip-cd
                      rotation    o-1, running

                    VERSION  STATUS   CREATED               KEYS  NEEDED BY                 KEPT UNTIL
                    1        retired  2023-11-14T22:13:20Z  3     kmip-ab (1), kmip-cd (2)  2024-02-13T22:13:20Z
                    2        current  2023-11-15T22:13:20Z  10    kmip-ab (10)
                    """
            )
            let (_, json) = await run(["root-key", "show", "first", "-o", "json"])
            let object = try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any]
            #expect(object?["currentVersion"] as? Int == 2)
        }
    }

    @Test("create, suspend and resume")
    func changes() async throws {
        let key = Result<OperatorAnswer, OperationFailure>.success(.rootKey(.rootKey(RootKeySample.description)))
        try await withOwner(["root-key.create": key, "root-key.suspend": key, "root-key.resume": key]) { run, admin in
            let (made, create) = await run(["root-key", "create", "first"])
            #expect(made == 0 && create.output == "Made root key 'first' in partition main: root-1.")
            let (suspended, suspend) = await run(["root-key", "suspend", "first"])
            #expect(suspended == 0)
            #expect(suspend.output == "Root key 'first' is suspended. Out of service: kmip-ab, kmip-cd.")
            let (resumed, resume) = await run(["root-key", "resume", "first"])
            #expect(resumed == 0 && resume.output == "Root key 'first' is active.")
            #expect(admin.jobs.received.count == 3)
            #expect(await run(["root-key", "create", "a b"]).0 == 64)
            #expect(admin.jobs.received.count == 3)
        }
    }

    @Test("rotate waits and reports; --no-wait does not")
    func rotate() async throws {
        let answers: [String: Result<OperatorAnswer, OperationFailure>] = [
            "root-key.rotate": .success(.rootKey(.rotation(RootKeySample.operation(.running)))),
            "operation.show": .success(.operation(.operation(RootKeySample.operation(.done)))),
        ]
        try await withOwner(answers) { run, admin in
            let (code, console) = await run(["root-key", "rotate", "first"])
            #expect(code == 0)
            #expect(
                console.output == """
                    Rotation of root key 'first' to version 2: done, 40 of 100 keys are moved.
                      operation  o-done
                      started    2023-11-14T22:14:20Z
                      finished   2023-11-14T22:15:35Z, after 1 min 15 s

                    VERSION  KEYS
                    1        60
                    2        40
                    """
            )
            #expect(console.errors.hasPrefix("Rewrapping: 40 of 100 keys (40 %), just begun"))
            let (left, quick) = await run(["root-key", "rotate", "first", "--no-wait"])
            #expect(left == 0 && quick.errors.isEmpty)
            #expect(
                quick.output
                    == "Root key 'first' has version 2. Keys are moved in the background: keyferry operation wait o-running"
            )
            #expect(
                admin.jobs.received.map(\.request.name) == ["root-key.rotate", "operation.show", "root-key.rotate"]
            )
        }
    }

    @Test("operation list, show and wait; what is not done is said by the exit code")
    func operations() async throws {
        let failed = RootKeySample.operation(.failed)
        let answers: [String: Result<OperatorAnswer, OperationFailure>] = [
            "operation.list": .success(.operation(.list([failed, RootKeySample.operation(.running)]))),
            "operation.show": .success(.operation(.operation(failed))),
        ]
        try await withOwner(answers) { run, _ in
            let (_, list) = await run(["operation", "list"])
            #expect(
                list.output == """
                    OPERATION  KIND               OF     STATE    DONE       STARTED               FINISHED
                    o-failed   root-key-rotation  first  failed   40 of 100  2023-11-14T22:14:20Z  2023-11-14T22:15:35Z
                    o-running  root-key-rotation  first  running  40 of 100  2023-11-14T22:13:20Z
                    """
            )
            let (shown, show) = await run(["operation", "show", "o-failed"])
            #expect(shown == 0 && show.output.contains("60 can't be"))
            let (waited, wait) = await run(["operation", "wait", "o-failed"])
            #expect(waited == 3 && wait.output == show.output)
        }
    }

    @Test("What can't be done, in words")
    func failures() async throws {
        let answers: [String: Result<OperatorAnswer, OperationFailure>] = [
            "root-key.list": .success(.rootKey(.list([RootKeySample.description]))),
            "root-key.show": .failure(OperationFailure(.itemNotFound)),
            "root-key.rotate": .failure(OperationFailure(.rotationRunning)),
            "operation.show": .failure(OperationFailure(.itemNotFound)),
        ]
        try await withOwner(answers) { run, _ in
            let (near, misspelt) = await run(["root-key", "show", "fisrt"])
            #expect(near == 1 && misspelt.errors == "keyferry: there is no root key 'fisrt'; did you mean 'first'?")
            let (_, far) = await run(["root-key", "show", "something"])
            #expect(far.errors.contains("'keyferry root-key list'"))
            let (running, rotate) = await run(["root-key", "rotate", "first"])
            #expect(running == 1 && rotate.errors.contains("rotation-running"))
            let (unknown, show) = await run(["operation", "wait", "o-9"])
            #expect(unknown == 1 && show.errors.contains("There is no such operation: There is no operation 'o-9'."))
        }
    }
}
