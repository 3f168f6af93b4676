// swift-tools-version: 6.2

import PackageDescription

/// Settings of every Swift target: the strict forms of the language, and no warnings.
let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .treatAllWarnings(as: .error),
]

let nio: [Target.Dependency] = [
    .product(name: "NIOCore", package: "swift-nio"),
    .product(name: "NIOPosix", package: "swift-nio"),
]
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let metrics: Target.Dependency = .product(name: "Metrics", package: "swift-metrics")
let lifecycle: Target.Dependency = .product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let unixSignals: Target.Dependency = .product(name: "UnixSignals", package: "swift-service-lifecycle")
let configuration: Target.Dependency = .product(name: "Configuration", package: "swift-configuration")
let arguments: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
let protobuf: Target.Dependency = .product(name: "SwiftProtobuf", package: "swift-protobuf")
let grdb: Target.Dependency = .product(name: "GRDB", package: "GRDB.swift")
let hummingbird: Target.Dependency = .product(name: "Hummingbird", package: "hummingbird")
let hummingbirdCore: Target.Dependency = .product(name: "HummingbirdCore", package: "hummingbird")
let httpTypes: Target.Dependency = .product(name: "HTTPTypes", package: "swift-http-types")
let nioHTTP1: Target.Dependency = .product(name: "NIOHTTP1", package: "swift-nio")
let nioEmbedded: Target.Dependency = .product(name: "NIOEmbedded", package: "swift-nio")
let coreMetrics: Target.Dependency = .product(name: "CoreMetrics", package: "swift-metrics")
let yams: Target.Dependency = .product(name: "Yams", package: "Yams")

/// Byte readers and writers that do not outlive the memory they look at.
let lifetimes: [SwiftSetting] = [.enableExperimentalFeature("Lifetimes")]

/// A header and a shim, with the one Swift module that may import it beside it.
func cModule(_ name: String, links libraries: [String] = []) -> Target {
    .target(name: name, linkerSettings: libraries.map { .linkedLibrary($0) })
}

func library(
    _ name: String,
    _ dependencies: [Target.Dependency] = [],
    extra: [SwiftSetting] = [],
    embeds files: [String] = []
) -> Target {
    .target(
        name: name,
        dependencies: dependencies,
        resources: files.map { .embedInCode($0) },
        swiftSettings: strict + extra
    )
}

func executable(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .executableTarget(name: name, dependencies: dependencies, swiftSettings: strict)
}

/// A library or an executable that only tests use.
func support(_ name: String, _ dependencies: [Target.Dependency], isExecutable: Bool = false, path: String) -> Target {
    isExecutable
        ? .executableTarget(name: name, dependencies: dependencies, path: path, swiftSettings: strict)
        : .target(name: name, dependencies: dependencies, path: path, swiftSettings: strict)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .testTarget(name: name, dependencies: dependencies, swiftSettings: strict)
}

/// What the fuzz targets look at.
let fuzzHarness: [Target.Dependency] = [
    "Cryptography", "FuzzInputs", "Gateway", "HSM", "JobMessages", "JobSealing", "KMIP", "KMIPFraming", "KeyModel",
    "PipelineFixtures", "TTLV", "Worker", protobuf,
]

let package = Package(
    name: "keyferry",
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-configuration", from: "1.4.0", traits: ["YAML"]),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
        .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        // C, each with its one importer.
        cModule("CCrypto", links: ["crypto"]),
        cModule("CSSL", links: ["ssl", "crypto"]),
        cModule("CRabbitMQ", links: ["rabbitmq"]),
        cModule("CPKCS11"),
        cModule("CProcess"),
        cModule("CSpawn"),
        library("Cryptography", ["CCrypto"]),
        library("TLSTransport", ["CSSL", "Cryptography"] + nio),
        library("AMQPClient", ["CRabbitMQ"]),
        library("PKCS11", ["CPKCS11", "Cryptography"]),
        library("BlockingExecution"),
        library("FaultPoints"),
        library("OperatorSignatures", ["Cryptography"]),

        // The protocol and the domain: pure.
        library("TTLV", extra: lifetimes),
        library("KMIP", ["TTLV"], extra: lifetimes),
        library("KeyModel"),
        library("SiteInventory", embeds: ["../../Schemas/inventory/export-inventory.ps1"]),
        library("ManualPages"),

        // Jobs.
        library("JobMessages", ["KeyModel", protobuf]),
        library("JobSealing", ["Cryptography", "JobMessages", "KeyModel", protobuf]),
        library(
            "JobTransport",
            ["AMQPClient", "FaultPoints", "Monitoring", lifecycle, logging, metrics],
            embeds: ["../../Schemas/amqp/topology.json"]
        ),
        library(
            "JobDispatch",
            [
                "Cryptography", "FaultPoints", "JobSealing", "JobTransport", "KeyModel", "Monitoring", lifecycle,
                logging,
                metrics,
            ]
        ),

        // Keys at rest.
        library("HSM", ["Cryptography", "PKCS11", logging, metrics]),
        library(
            "KeyStorage",
            ["Cryptography", "KeyModel", metrics],
            embeds: [
                "V0001_initial", "V0002_client_certificates", "V0003_keys_of_operators", "V0004_operations",
                "V0005_statement_nonces", "V0006_root_key_deletions", "V0007_removal_checks",
                "V0008_anchored_generation", "V0009_key_revocations",
            ].map { "../../Schemas/database/\($0).sql" }
        ),
        library("KeyStorageSQLite", ["KeyStorage", grdb]),

        library("AuthorityKeeping", ["HSM", "KeyModel", "KeyStorage", logging]),

        // What every process has.
        library("Monitoring", [coreMetrics, nioHTTP1] + nio),
        library(
            "ServiceBootstrap",
            [
                "CProcess", "Cryptography", "Monitoring", arguments, configuration, coreMetrics, lifecycle, logging,
                unixSignals,
            ]
        ),
        library(
            "PipelineMembership",
            ["AMQPClient", "Cryptography", "JobSealing", "JobTransport", "KeyModel", "ServiceBootstrap", metrics]
        ),

        // The processes.
        library("KMIPFraming", ["Cryptography", "KMIP", "TTLV"]),
        library(
            "KMIPServer",
            ["Cryptography", "KMIPFraming", "Monitoring", "TLSTransport", coreMetrics, lifecycle, logging] + nio
        ),
        library(
            "Gateway",
            [
                "Cryptography", "FaultPoints", "JobDispatch", "JobSealing", "JobTransport", "KMIP", "KMIPFraming",
                "KMIPServer", "KeyModel", "Monitoring", "PipelineMembership", "ServiceBootstrap", "TLSTransport",
                "TTLV", lifecycle, metrics,
                logging,
            ] + nio
        ),
        executable("keyferry-gateway", ["Gateway", "ServiceBootstrap"]),
        library(
            "Worker",
            [
                "AuthorityKeeping", "BlockingExecution", "Cryptography", "FaultPoints", "HSM", "JobMessages",
                "JobSealing", "JobTransport", "KeyModel", "KeyStorage", "KeyStorageSQLite", "Monitoring",
                "OperatorSignatures", "PipelineMembership", "ServiceBootstrap", lifecycle, logging, metrics,
            ]
        ),
        executable("keyferry-worker", ["ServiceBootstrap", "Worker"]),
        library("AdminResources"),
        library(
            "AdminAPI",
            [
                "AdminResources", "Cryptography", "JobDispatch", "JobTransport", "KeyModel", "Monitoring",
                "PipelineMembership", "ServiceBootstrap", "TLSTransport", httpTypes, hummingbird, hummingbirdCore,
                lifecycle, logging, metrics,
                nioHTTP1,
            ] + nio
        ),
        executable("keyferry-admin", ["AdminAPI", "ServiceBootstrap"]),

        // Clients, commands, set-up.
        library("KMIPClient", ["Cryptography", "KMIP", "KMIPFraming", "TLSTransport", "TTLV"] + nio),
        library("AdminClient", ["AdminResources", "Cryptography", "TLSTransport", nioHTTP1] + nio),
        library(
            "Commands",
            [
                "AdminClient", "AdminResources", "Cryptography", "KMIP", "KMIPClient", "KMIPFraming", "ManualPages",
                "OperatorSignatures", "ServiceBootstrap", "SiteInventory", "TLSTransport", "TTLV", arguments,
            ] + nio
        ),
        executable("keyferry", ["Commands", arguments]),
        library("Conversation", ["Cryptography", "KMIP", "KMIPClient", "TLSTransport", "TTLV"] + nio),
        library("LocalSite", ["CSpawn", "ServiceBootstrap", unixSignals]),
        library(
            "Setup",
            [
                "AuthorityKeeping", "BlockingExecution", "Conversation", "Cryptography", "HSM", "KMIP", "KMIPClient",
                "KeyModel", "KeyStorage", "KeyStorageSQLite", "LocalSite", "OperatorSignatures", "ServiceBootstrap",
                "TLSTransport", "TTLV",
                arguments,
                logging,
            ] + nio,
            embeds: ["gateway", "worker", "admin", "operator"].map { "../../Schemas/config/\($0).example.yaml" }
        ),
        executable("keyferry-setup", ["ServiceBootstrap", "Setup", arguments, logging]),

        // Tests: what they share, and one target a module; "Integration" needs services, "EndToEnd" the binaries.
        support("TestServices", [], path: "Tests/TestServices"),
        support("TLSTestPeers", ["Cryptography", "TLSTransport"] + nio, path: "Tests/TLSTestPeers"),
        support(
            "AdminTestFront",
            ["AdminAPI", "AdminClient", "Cryptography", "JobDispatch", "KeyModel", logging, nioHTTP1, yams] + nio,
            path: "Tests/AdminTestFront"
        ),
        support("KeyStorageContract", ["Cryptography", "KeyModel", "KeyStorage"], path: "Tests/KeyStorageContract"),
        support("hsm-login-probe", ["Cryptography", "HSM", logging], isExecutable: true, path: "Tests/HSMLoginProbe"),
        support(
            "service-probe",
            ["Monitoring", "ServiceBootstrap", lifecycle, logging],
            isExecutable: true,
            path: "Tests/ServiceProbe"
        ),
        support(
            "PipelineFixtures",
            ["Cryptography", "JobSealing", "KeyModel"],
            path: "Tests/PipelineFixtures"
        ),
        support(
            "PipelineSite",
            [
                "AdminClient", "AdminResources", "Cryptography", "KMIP", "KMIPClient", "LocalSite", "TLSTransport",
                "TestServices",
            ] + nio,
            path: "Tests/PipelineSite"
        ),
        support("FaultChecker", [], path: "Tests/FaultChecker"),
        support(
            "FaultDriver",
            [
                "AdminClient", "AdminResources", "Cryptography", "FaultChecker", "FaultPoints", "KMIP", "KMIPClient",
                "KeyStorage", "KeyStorageSQLite", "LocalSite", "PipelineSite", "TTLV",
            ] + nio,
            path: "Tests/FaultDriver"
        ),
        support("keyferry-faults", ["FaultDriver", arguments], isExecutable: true, path: "Tests/keyferry-faults"),
        support(
            "keyferry-worker-broken",
            ["ServiceBootstrap", "Worker"],
            isExecutable: true,
            path: "Tests/keyferry-worker-broken"
        ),
        support(
            "LoadDriver",
            [
                "AdminClient", "AdminResources", "Cryptography", "KMIP", "KMIPClient", "LocalSite", "PipelineSite",
                "TLSTestPeers", "TLSTransport", "TTLV",
            ] + nio,
            path: "Tests/LoadDriver"
        ),
        support(
            "keyferry-load",
            ["LoadDriver", "PipelineSite", arguments],
            isExecutable: true,
            path: "Tests/keyferry-load"
        ),
        support("KeyLoad", ["Cryptography", "KMIP", "KMIPClient", "KMIPFraming", "TTLV"], path: "Tests/KeyLoad"),
        support(
            "site-test",
            [
                "AdminClient", "AdminResources", "Conversation", "Cryptography", "KMIP", "KMIPClient", "KeyLoad",
                "ServiceBootstrap", "TLSTransport", "TTLV", arguments, unixSignals,
            ] + nio,
            isExecutable: true,
            path: "Tests/SiteTest"
        ),
        support("FuzzInputs", [], path: "Tests/Fuzzing/Inputs"),
        tests("ArchitectureTests", []),
        tests("FaultCheckerTests", ["FaultChecker"]),
        tests("FaultDriverTests", ["FaultChecker", "FaultDriver", "FaultPoints", "KMIP"]),
        tests("FaultPointsTests", ["FaultPoints", "LocalSite", "PipelineSite", "TestServices"]),
        tests(
            "FaultEndToEndTests",
            [
                "FaultChecker", "FaultDriver", "TestServices", "keyferry-admin", "keyferry-gateway", "keyferry-setup",
                "keyferry-worker", "keyferry-worker-broken",
            ]
        ),
        tests("KeyModelTests", ["KeyModel"]),
        tests("SiteInventoryTests", ["SiteInventory"]),
        tests("PackageInstallationTests", ["PipelineSite", "TestServices"]),
        tests("ManualPagesTests", ["ManualPages"]),
        tests("JobMessagesTests", ["FuzzInputs", "JobMessages", "KeyModel", protobuf]),
        tests(
            "JobSealingTests",
            ["Cryptography", "JobMessages", "JobSealing", "KeyModel", "PipelineFixtures", protobuf]
        ),
        tests("JobDispatchTests", ["JobDispatch", "KeyModel"]),
        tests(
            "WorkerTests",
            [
                "Cryptography", "HSM", "JobMessages", "JobSealing", "KeyModel", "KeyStorage", "PipelineFixtures",
                "Worker",
            ]
        ),
        tests(
            "WorkerIntegrationTests",
            [
                "AuthorityKeeping", "Cryptography", "HSM", "JobMessages", "JobSealing", "KeyModel", "KeyStorage",
                "KeyStorageSQLite", "OperatorSignatures", "PKCS11", "PipelineFixtures", "TestServices", "Worker",
                logging,
            ]
        ),
        tests("CryptographyTests", ["Cryptography"]),
        tests("OperatorSignaturesTests", ["Cryptography", "OperatorSignatures"]),
        tests("TTLVTests", ["FuzzInputs", "TTLV"]),
        tests("KMIPTests", ["FuzzInputs", "KMIP", "TTLV"]),
        tests("TLSTransportTests", ["Cryptography", "TLSTestPeers", "TLSTransport", nioEmbedded] + nio),
        tests(
            "KMIPServerTests",
            [
                "Cryptography", "KMIP", "KMIPClient", "KMIPFraming", "KMIPServer", "TLSTestPeers", "TLSTransport",
                "TTLV", logging, nioEmbedded,
            ] + nio
        ),
        tests(
            "GatewayTests",
            [
                "Cryptography", "Gateway", "JobSealing", "KMIP", "KMIPFraming", "KeyModel", "PipelineFixtures", "TTLV",
            ]
        ),
        .testTarget(
            name: "FuzzingTests",
            dependencies: fuzzHarness,
            path: "Tests/Fuzzing",
            exclude: ["CFuzzer", "Dictionaries", "Driver", "Inputs", "Programs", "Seeds", "run.sh"],
            sources: ["Harness", "Replay"],
            swiftSettings: strict
        ),
        tests("AMQPClientTests", ["AMQPClient", "BlockingExecution"]),
        tests("AMQPClientIntegrationTests", ["AMQPClient", "TestServices"]),
        tests("JobTransportTests", ["AMQPClient", "JobTransport"]),
        tests("JobTransportIntegrationTests", ["AMQPClient", "JobTransport", "TestServices", lifecycle, logging]),
        tests("HSMTests", ["HSM", "PKCS11"]),
        tests("PKCS11IntegrationTests", ["Cryptography", "PKCS11", "TestServices"]),
        tests("HSMIntegrationTests", ["Cryptography", "HSM", "PKCS11", "TestServices", "hsm-login-probe", logging]),
        tests("KeyStorageTests", ["Cryptography", "KeyModel", "KeyStorage"]),
        tests("KeyStorageSQLiteTests", ["KeyModel", "KeyStorage", "KeyStorageContract", "KeyStorageSQLite"]),
        tests(
            "AdminAPITests",
            [
                "AdminAPI", "AdminClient", "AdminResources", "AdminTestFront", "Cryptography", "JobDispatch",
                "KeyModel",
                httpTypes, nioHTTP1,
            ] + nio
        ),
        tests(
            "CommandsTests",
            [
                "AdminTestFront", "Commands", "Cryptography", "JobDispatch", "KMIP", "KMIPFraming", "KMIPServer",
                "KeyModel",
                "ManualPages", "OperatorSignatures", "TLSTransport", "TTLV", arguments, logging,
            ] + nio
        ),
        tests(
            "SetupTests",
            ["Conversation", "Cryptography", "KeyModel", "OperatorSignatures", "Setup", "TestServices"]
        ),
        tests(
            "SetupIntegrationTests",
            [
                "AuthorityKeeping", "Cryptography", "HSM", "JobSealing", "KeyModel", "KeyStorage", "KeyStorageSQLite",
                "OperatorSignatures", "ServiceBootstrap", "Setup",
                "TestServices", logging,
            ]
        ),
        tests("MonitoringTests", ["Monitoring", coreMetrics] + nio),
        tests(
            "PipelineMembershipTests",
            ["Cryptography", "PipelineMembership", "ServiceBootstrap", "TLSTestPeers", "TLSTransport"]
        ),
        tests("ServiceBootstrapTests", ["ServiceBootstrap", logging]),
        tests("ServiceProcessTests", ["LocalSite", "service-probe"]),
        tests(
            "LocalSiteIntegrationTests",
            ["LocalSite", "keyferry-admin", "keyferry-gateway", "keyferry-setup", "keyferry-worker"]
        ),
        tests(
            "EndToEndTests",
            [
                "AMQPClient", "AdminClient", "AdminResources", "Conversation", "Cryptography", "JobMessages",
                "JobSealing", "JobTransport", "KMIP", "KMIPClient", "KMIPFraming", "KeyLoad", "KeyModel", "LoadDriver",
                "LocalSite", "PipelineSite", "TLSTestPeers", "TLSTransport", "TTLV", "TestServices", lifecycle, logging,
                protobuf,
                "keyferry", "keyferry-admin", "keyferry-gateway", "keyferry-setup", "keyferry-worker",
            ] + nio
        ),
    ]
)

// `make fuzz` builds the fuzz targets apart from everything else: instrumented, and with no more than they need. Of a
// process's module that is the part without I/O.
if Context.environment["KEYFERRY_FUZZING"] == "1" {
    let fuzzed: [String: [String]?] = [
        "Cryptography": nil, "TTLV": nil, "KMIP": nil, "KMIPFraming": nil, "KeyModel": nil, "JobMessages": nil,
        "JobSealing": nil, "HSM": nil, "OperatorSignatures": nil,
        "Gateway": [
            "Mapping", "Requests/LocalAnswers.swift", "Requests/RequestPlan.swift", "Requests/RequestPolicy.swift",
            "Requests/ResponseEncoding.swift",
        ],
        "Worker": ["Batches/JobAdmission.swift", "Operators/Changes"],
    ]
    let asTheyAre: Set = ["CCrypto", "CPKCS11", "FuzzInputs", "PKCS11", "PipelineFixtures"]
    package.targets = package.targets.filter { fuzzed.keys.contains($0.name) || asTheyAre.contains($0.name) }
    let sanitizers = "-sanitize=fuzzer,address"
    for target in package.targets {
        guard let sources = fuzzed[target.name] else { continue }
        target.sources = sources
        target.swiftSettings = strict + lifetimes + [.unsafeFlags([sanitizers, "-enable-testing"])]
    }
    for (name, dependencies) in [
        "Gateway": ["Cryptography", "JobSealing", "KMIP", "KMIPFraming", "KeyModel", "TTLV"],
        "Worker": ["Cryptography", "HSM", "JobSealing", "KeyModel", "OperatorSignatures"],
    ] as [String: [Target.Dependency]] {
        package.targets.first { $0.name == name }?.dependencies = dependencies
    }
    package.targets += [
        .target(name: "CFuzzer", path: "Tests/Fuzzing/CFuzzer"),
        support("FuzzHarness", fuzzHarness, path: "Tests/Fuzzing/Harness"),
        support("FuzzDriver", ["CFuzzer", "Cryptography", "FuzzHarness"], path: "Tests/Fuzzing/Driver"),
    ]
    package.targets += ["ttlv", "requests", "jobs"].map { name in
        .executableTarget(
            name: "fuzz-\(name)",
            dependencies: ["FuzzDriver", "FuzzHarness"],
            path: "Tests/Fuzzing/Programs/fuzz-\(name)",
            swiftSettings: strict,
            // The runtimes; gold, which is the toolchain's choice otherwise, fails on them.
            linkerSettings: [.unsafeFlags([sanitizers, "-use-ld=lld"])]
        )
    }
}
