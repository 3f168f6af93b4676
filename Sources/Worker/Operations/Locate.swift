import KeyModel
import KeyStorage

extension OperationRun {
    /// So many identifiers are returned at most, whatever the client asks for.
    static let mostLocated = 10_000

    /// Locate (KMIP 1.4, 4.9): newest first. Destroyed objects are found only by who asks for a State.
    mutating func locate(_ request: LocateOperation) throws(ExecutionError) -> OperationResult {
        guard request.filter.attributes.count <= ObjectFilter.mostAttributes else { throw .failure(.invalidField) }
        let search = try view.matching(request.filter, in: scope.instance.identifier, at: scope.now)
        // What can't be believed is not found; the attempt to use it by its identifier says why.
        for key in search.corrupted {
            changes.record(scope.event(.keyLocate, object: key.identifier, failure: .recordCorrupted))
        }
        let limit = min(request.maximumItems ?? Self.mostLocated, Self.mostLocated)
        let page = search.found.dropFirst(request.offset).prefix(limit)
        // Older objects that were not looked at could come behind those that were.
        guard search.isComplete || page.count == limit else { throw .failure(.searchTooWide) }
        changes.record(scope.event(.keyLocate, object: nil))
        // A Locate that finds one object sets the placeholder; one that finds none or several clears it (4.9).
        placeholder = page.count == 1 ? page.first?.identifier : nil
        return .located(page.map(\.identifier), total: search.isComplete ? search.found.count : nil)
    }
}
