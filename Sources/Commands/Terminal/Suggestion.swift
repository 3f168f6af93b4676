/// "Did you mean": the candidate nearest to what was typed.
enum Suggestion {
    /// - Returns: nil if none is near: at most two edits away, and less than half of the word.
    static func nearest(to word: String, among candidates: [String]) -> String? {
        let distances = candidates.map { (candidate: $0, distance: distance(word.lowercased(), $0.lowercased())) }
        guard let best = distances.min(by: { ($0.distance, $0.candidate) < ($1.distance, $1.candidate) }),
            best.distance <= 2, best.distance * 2 < max(word.count, 2)
        else { return nil }
        return best.candidate
    }

    /// Levenshtein's.
    private static func distance(_ left: String, _ right: String) -> Int {
        let right = Array(right)
        var row = Array(0...right.count)
        for (index, character) in left.enumerated() {
            var diagonal = row[0]
            row[0] = index + 1
            for column in right.indices {
                let substituted = diagonal + (right[column] == character ? 0 : 1)
                diagonal = row[column + 1]
                row[column + 1] = min(substituted, row[column] + 1, diagonal + 1)
            }
        }
        return row[right.count]
    }
}
