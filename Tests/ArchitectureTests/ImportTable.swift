/// Who may import which of our modules. A row is a decision: the first question about a new import is whether it should be
/// here, not how to make the test pass.
enum ImportTable {
    /// Pure: no I/O, no clock, no library beside the standard one and these.
    static let pure: [String: Set<String>] = [
        "KeyModel": [],
        "TTLV": [],
        "KMIP": ["TTLV"],
        "SiteInventory": ["FoundationEssentials"],
        "ManualPages": ["FoundationEssentials"],
    ]

    /// Each C library's module has one importer, the wrapper that keeps its pointers.
    static let wrappers: [String: String] = [
        "CCrypto": "Cryptography",
        "CSSL": "TLSTransport",
        "CRabbitMQ": "AMQPClient",
        "CPKCS11": "PKCS11",
        "CProcess": "ServiceBootstrap",
        "CSpawn": "LocalSite",
    ]

    static let allowed: [String: Set<String>] = [
        "KeyModel": [],
        "TTLV": [],
        "KMIP": ["TTLV"],
        "SiteInventory": [],
        "ManualPages": [],

        "Cryptography": ["CCrypto"],
        "TLSTransport": ["CSSL", "Cryptography"],
        "AMQPClient": ["CRabbitMQ"],
        "PKCS11": ["CPKCS11", "Cryptography"],
        "BlockingExecution": [],
        "FaultPoints": [],
        "OperatorSignatures": ["Cryptography"],

        "JobMessages": ["KeyModel"],
        "JobSealing": ["Cryptography", "JobMessages", "KeyModel"],
        "JobTransport": [
            "AMQPClient", "Cryptography", "FaultPoints", "JobMessages", "JobSealing", "KeyModel", "Monitoring",
        ],
        "JobDispatch": [
            "Cryptography", "FaultPoints", "JobMessages", "JobSealing", "JobTransport", "KeyModel", "Monitoring",
        ],
        "PipelineMembership": [
            "AMQPClient", "Cryptography", "JobSealing", "JobTransport", "KeyModel", "ServiceBootstrap",
        ],
        "HSM": ["Cryptography", "PKCS11"],
        "KeyStorage": ["Cryptography", "KeyModel"],
        "KeyStorageSQLite": ["KeyModel", "KeyStorage"],
        "AuthorityKeeping": ["HSM", "KeyModel", "KeyStorage"],

        "KMIPFraming": ["Cryptography", "TTLV"],
        "KMIPServer": ["Cryptography", "KMIPFraming", "Monitoring", "TLSTransport"],
        "KMIPClient": ["Cryptography", "KMIP", "KMIPFraming", "TLSTransport", "TTLV"],
        "Gateway": [
            "Cryptography", "FaultPoints", "JobDispatch", "JobMessages", "JobSealing", "JobTransport", "KMIP",
            "KMIPFraming", "KMIPServer",
            "KeyModel", "Monitoring", "PipelineMembership", "ServiceBootstrap", "TLSTransport", "TTLV",
        ],
        "Worker": [
            "AuthorityKeeping", "BlockingExecution", "Cryptography", "FaultPoints", "HSM", "JobMessages", "JobSealing",
            "JobTransport", "KeyModel", "KeyStorage", "KeyStorageSQLite", "Monitoring", "OperatorSignatures",
            "PipelineMembership", "ServiceBootstrap",
        ],

        "AdminResources": [],
        "AdminAPI": [
            "AdminResources", "Cryptography", "JobDispatch", "JobTransport", "KeyModel", "Monitoring",
            "PipelineMembership", "ServiceBootstrap", "TLSTransport",
        ],
        "AdminClient": ["AdminResources", "Cryptography", "TLSTransport"],
        "Conversation": ["Cryptography", "KMIP", "KMIPClient", "TLSTransport", "TTLV"],
        "Commands": [
            "AdminClient", "AdminResources", "Cryptography", "KMIP", "KMIPClient", "KMIPFraming", "ManualPages",
            "OperatorSignatures", "ServiceBootstrap", "SiteInventory", "TLSTransport", "TTLV",
        ],

        "Monitoring": [],
        "ServiceBootstrap": ["CProcess", "Cryptography", "Monitoring"],
        "LocalSite": ["CSpawn", "ServiceBootstrap"],
        "Setup": [
            "AdminClient", "AdminResources", "AuthorityKeeping", "BlockingExecution", "Conversation", "Cryptography",
            "HSM", "JobSealing",
            "KMIP", "KMIPClient", "KeyModel",
            "KeyStorage", "KeyStorageSQLite", "LocalSite", "OperatorSignatures", "PKCS11", "ServiceBootstrap",
            "TLSTransport", "TTLV",
        ],
    ]

    /// The programs, which assemble: they may import any module that their `mustNotLink` does not exclude.
    static let programs: Set<String> = [
        "keyferry-gateway", "keyferry-worker", "keyferry-admin", "keyferry", "keyferry-setup",
    ]

    private static let tokenAndStore: Set<String> = [
        "CPKCS11", "PKCS11", "HSM", "KeyStorage", "KeyStorageSQLite", "GRDB", "AuthorityKeeping", "Worker", "LocalSite",
        "Setup",
    ]
    private static let protocols: Set<String> = [
        "TTLV", "KMIP", "KMIPFraming", "KMIPServer", "KMIPClient", "Gateway",
    ]
    private static let operatorFront: Set<String> = ["AdminAPI", "AdminClient", "Hummingbird"]

    /// What a program links is its security boundary. The fronts have no way to a token or a database; the worker, which holds
    /// the PIN, has no parser of what strangers send and no listener.
    static let mustNotLink: [String: Set<String>] = [
        "keyferry-gateway": tokenAndStore.union(operatorFront),
        "keyferry-admin": tokenAndStore.union(protocols),
        "keyferry-worker": protocols.union(operatorFront).union(["TLSTransport", "CSSL", "LocalSite", "Setup"]),
        "keyferry": tokenAndStore,
    ]

    /// Other implementations of cryptography and TLS: the system's OpenSSL is the only one in use.
    static let bannedLibraries: Set<String> = [
        "Crypto", "CryptoExtras", "_CryptoExtras", "NIOSSL", "X509", "SwiftASN1", "CommonCrypto",
    ]
}
