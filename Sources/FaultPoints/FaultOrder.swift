#if DEBUG
    /// What a debug process is to do to itself, and when: `worker.changes-committed:3:kill` in the environment variable
    /// `FAULT_POINT` of the process.
    package struct FaultOrder: Hashable, Sendable, CustomStringConvertible {
        package enum Act: String, CaseIterable, Sendable {
            /// SIGKILL.
            case kill
            /// SIGSTOP: the process goes on when it is sent SIGCONT.
            case pause
        }

        package static let variable = "FAULT_POINT"

        package let point: FaultPoint
        /// At which time that the point is reached, counted from 1 by all threads together.
        package let occasion: Int
        package let act: Act

        package init(_ point: FaultPoint, occasion: Int, act: Act) {
            self.point = point
            self.occasion = occasion
            self.act = act
        }

        /// - Returns: nil for text that is no order.
        package init?(_ text: String) {
            let fields = text.split(separator: ":", omittingEmptySubsequences: false)
            guard fields.count == 3, let point = FaultPoint(rawValue: String(fields[0])),
                let occasion = Int(fields[1]), occasion > 0, let act = Act(rawValue: String(fields[2]))
            else { return nil }
            self.init(point, occasion: occasion, act: act)
        }

        package var description: String { "\(point.rawValue):\(occasion):\(act.rawValue)" }
    }
#endif
