import AdminResources
import AdminTestFront
import HTTPTypes
import KeyModel
import Testing

@testable import AdminAPI

@Suite("The contract")
struct ContractTests {
    let contract: OpenAPIContract

    init() throws {
        contract = try OpenAPIContract()
    }

    @Test("Routes and described operations are the same")
    func routesAreDescribed() {
        let router = AdminRouter(jobs: RegisterOfJobs(), limits: .init())
        let routes = router.routes.map { OpenAPIContract.Operation(method: $0.method.rawValue, path: $0.path) }
        #expect(Set(routes).count == routes.count)
        #expect(Set(routes) == contract.operations)
        #expect(!routes.isEmpty)
    }

    @Test("Operation identifiers are unique")
    func operationIdentifiers() {
        let identifiers = contract.operationIdentifiers
        #expect(identifiers.count == contract.operations.count)
        #expect(Set(identifiers).count == identifiers.count)
    }

    @Test("Every change says what its client saw, and every POST or PUT can be sent again")
    func conditions() {
        for operation in contract.operations where operation.method != "GET" {
            let parameters = contract.parameterNames(of: operation)
            #expect(parameters.contains("IfMatch"), "\(operation.method) \(operation.path)")
            let canBeSentAgain = ["POST", "PUT"].contains(operation.method)
            #expect(parameters.contains("IdempotencyKey") == canBeSentAgain, "\(operation.path)")
        }
    }

    @Test("What can be changed can be got, with the ETag that a change asks for")
    func entityTags() {
        // A change of a thing is at the thing's path, or at a verb behind it; what is added to a collection, at that.
        let paths = contract.operations.filter { $0.method != "GET" }.map { operation in
            operation.path.hasSuffix("}")
                ? operation.path
                : String(operation.path.prefix(upTo: operation.path.lastIndex(of: "/") ?? operation.path.endIndex))
        }
        // What is pending has no state: the instance is changed that it is admitted to.
        let things = Set(paths.filter { $0.hasSuffix("}") }).subtracting(["/v1/pending-certificates/{fingerprint}"])
        #expect(things.count > 5)
        for path in things {
            let get = OpenAPIContract.Operation(method: "GET", path: path)
            #expect(contract.headerNames(of: get, status: 200).contains("ETag"), "\(path)")
        }
    }

    @Test("Every answer that shows what can be changed has its ETag")
    func shownEntityTags() {
        let things: Set = [
            "Instance", "InstanceDetails", "RemovalSteps", "Certificate", "ReplacedCertificate", "Key",
            "RootKeyDetails", "Authorization", "Operator", "ServiceIdentity",
        ]
        var shown: Set<String> = []
        for operation in contract.operations {
            for (status, schema) in contract.answers(of: operation) {
                // An authorization that is withdrawn is shown as it was, and there is nothing left to change.
                let isThere = things.contains(schema) && operation.method != "DELETE"
                let headers = contract.headerNames(of: operation, status: status)
                #expect(headers.contains("ETag") == isThere, "\(operation.method) \(operation.path), \(status)")
                if isThere { shown.insert(schema) }
            }
        }
        #expect(shown == things)
    }

    @Test("Problem codes are the same, and each is explained")
    func problemCodes() {
        let properties = contract.schema("Problem")["properties"] as? [String: [String: Any]] ?? [:]
        let described = properties["code"]?["enum"] as? [String] ?? []
        #expect(described == ProblemCode.allCases.map(\.rawValue))
        let descriptions = contract.descriptions
        for code in ProblemCode.allCases {
            #expect(descriptions.contains("`\(code.rawValue)`"))
        }
    }

    /// That the server goes by them is in `LimitTests`, and for those of searches, keys and pages in the tests of these.
    @Test("Rules and limits are the same, and none is declared that is not among these")
    func limits() {
        #expect(contract.schema("Name")["pattern"] as? String == ResourceName.pattern)
        let limit = contract.parameter("Limit")["schema"] as? [String: Any] ?? [:]
        #expect(limit["default"] as? Int == Pagination.defaultLimit)
        let pem = ResourceLimits.pem
        let message = RevocationReason.longestOperatorsMessage
        let expected: [String: Int] = [
            "limit minimum": 1,
            "limit maximum": Pagination.maximumLimit,
            "cursor maxLength": Pagination.longestCursor,
            "Idempotency-Key minLength": 1,
            "Idempotency-Key maxLength": RequestConditions.longestKey,
            "key minLength": 1,
            "key maxLength": KeyParameters.longestIdentifier,
            "identifier minLength": 1,
            "identifier maxLength": KeyParameters.longestIdentifier,
            "SearchText minLength": 1,
            "SearchText maxLength": KeyParameters.longestText,
            "NewCertificate.pem maxLength": pem,
            "CertificateReplacement.pem maxLength": pem,
            "CertificateReplacement.overlapSeconds minimum": 0,
            "CertificateReplacement.overlapSeconds maximum": Int(CertificateReplacement.longestOverlap),
            "NewOperator.pem maxLength": pem,
            "NewIdentity.pem maxLength": pem,
            "OperatorRoles minItems": 1,
            "AuthorizationRoles minItems": 1,
            "SignedStatement.statement maxLength": ResourceLimits.statement,
            "SignedStatement.signature maxLength": ResourceLimits.signature,
            "SignedStatement.certificatePem maxLength": pem,
            "WrappedRootKey maxLength": ResourceLimits.wrappedKey,
            "RootKeyDeletionOrder.signed minItems": RootKeyDeletionOrder.signatureCount,
            "RootKeyDeletionOrder.signed maxItems": RootKeyDeletionOrder.signatureCount,
            "Revocation.message maxLength": message,
            "RevocationOrder.message maxLength": message,
            "RevocationOrder.keys minItems": 1,
            "RevocationOrder.keys maxItems": RevocationOrder.mostKeys,
        ]
        #expect(contract.requestLimits == expected)
        #expect(RevocationOrderResource.mostKeys == RevocationOrder.mostKeys)
        let bytes = AdminConfiguration.Limits()
        let bodies = "more than \(bytes.bodyByteCount) bytes, or \(bytes.revocationOrderByteCount) of `revokeKeys`"
        #expect(contract.descriptions.contains(bodies))
    }

    @Test("Health and conditions are the same")
    func enumerations() {
        func values(_ schema: String, _ property: String) -> [String]? {
            let properties = contract.schema(schema)["properties"] as? [String: [String: Any]]
            return properties?[property]?["enum"] as? [String]
        }
        #expect(values("Status", "condition") == StatusResource.Condition.allCases.map(\.rawValue))
        #expect(values("Worker", "health") == WorkerResource.Health.allCases.map(\.rawValue))
    }

    @Test(
        "Names",
        arguments: [
            ("kmip-ab", true), ("a", true), ("7.vcenter_A", true), (String(repeating: "a", count: 64), true),
            ("", false), (String(repeating: "a", count: 65), false), ("-a", false), (".", false), ("..", false),
            ("a/b", false), ("a b", false), ("ä", false), ("a\n", false), ("a%2F", false),
        ]
    )
    func names(name: String, isValid: Bool) {
        #expect(ResourceName.isValid(name) == isValid)
    }
}
