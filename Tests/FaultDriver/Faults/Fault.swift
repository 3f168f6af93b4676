#if DEBUG
    package import FaultPoints
#endif

/// What is done to the site under load.
package enum Fault: Hashable, Sendable, CustomStringConvertible {
    /// SIGKILL at a random moment, and a new start.
    case kill(Target)
    /// SIGSTOP for longer than every time limit that others have about it, and SIGCONT.
    case pause(Target)
    #if DEBUG
        /// A process does it to itself between two steps of a job.
        case point(FaultPoint, FaultOrder.Act, in: Target)
    #endif
    /// The store's file system has no room left, and then it has again.
    case fullDisk

    package enum Target: String, CaseIterable, Sendable {
        case worker, gateway, admin, broker
    }

    package var description: String {
        switch self {
        case .kill(let target): "kill \(target.rawValue)"
        case .pause(let target): "pause \(target.rawValue)"
        #if DEBUG
            case .point(let point, let act, .admin): "\(act.rawValue) at \(point.rawValue) in admin"
            case .point(let point, let act, _): "\(act.rawValue) at \(point.rawValue)"
        #endif
        case .fullDisk: "full disk"
        }
    }

    /// Faults by the names under which they are chosen.
    ///
    /// - Returns: nil for a name that is not known: `kill-worker`, `pause-broker`, `kill-points`, `pause-points`,
    ///   `full-disk`, or one point as in `kill@worker.changes-committed`.
    package static func named(_ name: String) -> [Fault]? {
        if name == "full-disk" { return [.fullDisk] }
        let parts = name.split(separator: "-", maxSplits: 1).map(String.init)
        if parts.count == 2, let target = Target(rawValue: parts[1]) {
            if parts[0] == "kill" { return [.kill(target)] }
            if parts[0] == "pause" { return [.pause(target)] }
        }
        return points(name)
    }

    private static func points(_ name: String) -> [Fault]? {
        #if DEBUG
            for act in FaultOrder.Act.allCases {
                if name == "\(act.rawValue)-points" { return FaultPoint.allCases.flatMap { faults(at: $0, act) } }
                for point in FaultPoint.allCases where name == "\(act.rawValue)@\(point.rawValue)" {
                    return faults(at: point, act)
                }
            }
        #endif
        return nil
    }

    #if DEBUG
        /// Both kinds of front send jobs in the same way: what a gateway passes there, the admin front does too.
        private static func faults(at point: FaultPoint, _ act: FaultOrder.Act) -> [Fault] {
            switch point {
            case .requestDecoded, .responseEncoded: [.point(point, act, in: .gateway)]
            case .jobSealed, .jobHandedOver, .jobConfirmed, .replyReceived, .replyOpened:
                [.point(point, act, in: .gateway), .point(point, act, in: .admin)]
            default: [.point(point, act, in: .worker)]
            }
        }
    #endif

    /// All but the pauses at fault points, which take long.
    package static var usual: [Fault] {
        Target.allCases.flatMap { [.kill($0), .pause($0)] } + (points("kill-points") ?? []) + [.fullDisk]
    }
}
