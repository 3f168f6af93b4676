/// One process of a site, beside the broker. Gateways and workers are counted from 1.
package enum SiteMember: Sendable, Hashable {
    case gateway(Int)
    case worker(Int)
    case admin

    package var kind: String {
        switch self {
        case .gateway: "gateway"
        case .worker: "worker"
        case .admin: "admin"
        }
    }

    /// For log files: `worker-1`.
    package var name: String {
        switch self {
        case .gateway(let number), .worker(let number): "\(kind)-\(number)"
        case .admin: kind
        }
    }
}
