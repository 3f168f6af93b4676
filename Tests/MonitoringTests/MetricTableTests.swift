import Foundation
import Testing

@testable import Monitoring

/// `docs/monitoring.md` has every metric, as it is described here, and no other.
@Suite struct MetricTableTests {
    private static let page = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "docs/monitoring.md")

    @Test func theTableIsTheCatalogue() throws {
        var table: [String: [String]] = [:]
        for line in try String(contentsOf: Self.page, encoding: .utf8).split(separator: "\n") {
            let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
            guard cells.count == 5, cells[0].wholeMatch(of: #/`[a-z_]+`/#) != nil else { continue }
            let name = cells[0].replacing("`", with: "")
            #expect(table.updateValue([cells[1], cells[2], cells[4]], forKey: name) == nil, "\(name) is there twice")
            #expect(["all", "gateway", "worker", "admin", "gateway, admin"].contains(cells[3]), "\(name)")
        }
        let catalogue = MetricCatalogue.all + [MetricRegistry.dropped]
        #expect(Set(table.keys) == Set(catalogue.map(\.name)))
        for metric in catalogue {
            let row = [metric.kind.name, metric.labels.joined(separator: ", "), metric.help]
            #expect(table[metric.name] == row, "\(metric.name)")
        }
    }

    /// What alerts are suggested for is there.
    @Test func alertsNameMetrics() throws {
        let text = try String(contentsOf: Self.page, encoding: .utf8)
        let names = Set(MetricCatalogue.all.map(\.name) + [MetricRegistry.dropped.name])
        let named = text.matches(of: #/keyferry_[a-z_]+/#).map { String($0.output) }
        #expect(named.count > names.count)
        #expect(Set(named).subtracting(names) == [])
    }
}
