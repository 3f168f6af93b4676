package import KeyStorage

/// A database that a contract case has to itself. Every engine it opens works on the same data.
package protocol ContractDatabase {
    func openEngine() throws -> any StoreEngine
}

/// One promise that the key store keeps on every engine.
package struct ContractCase: Sendable, CustomStringConvertible {
    package let name: String
    package let run: @Sendable (any ContractDatabase) throws -> Void

    init(_ name: String, _ run: @escaping @Sendable (any ContractDatabase) throws -> Void) {
        self.name = name
        self.run = run
    }

    package var description: String { name }

    package static let all: [ContractCase] =
        ObjectContract.cases + CandidateContract.cases + TamperedObjectContract.cases + AuthorityContract.cases
        + CertificateContract.cases + RemovalCheckContract.cases + TamperedAuthorityContract.cases
        + OutcomeContract.cases + AuditContract.cases
        + TransactionContract.cases + KeyListContract.cases + ObjectHistoryContract.cases + RotationContract.cases
        + RevocationContract.cases
}
