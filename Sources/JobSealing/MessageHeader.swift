import JobMessages
package import KeyModel

/// The class of a job, which names the queue that it waits in.
package enum JobClass: String, Hashable, Sendable, CaseIterable {
    case interactive, `operator`, bulk

    var wire: WireJobClass {
        switch self {
        case .interactive: .interactive
        case .operator: .operator
        case .bulk: .bulk
        }
    }

    init?(_ wire: WireJobClass) {
        switch wire {
        case .interactive: self = .interactive
        case .operator: self = .operator
        case .bulk: self = .bulk
        case .unspecified, .UNRECOGNIZED: return nil
        }
    }
}

/// What stands on the outside of a sealed job, in clear and authenticated.
package struct MessageHeader: Hashable, Sendable {
    package static let version: UInt32 = 1
    /// How far ahead a deadline may lie, in milliseconds.
    package static let longestDeadline: Int64 = 60_000

    package let partition: PartitionName
    package let jobClass: JobClass
    /// 16 random bytes, the same for every delivery of the job.
    package let messageID: [UInt8]
    /// Milliseconds since 1970, by the workers' clock.
    package let deadline: Int64

    package init(partition: PartitionName, jobClass: JobClass, messageID: [UInt8], deadline: Int64) {
        self.partition = partition
        self.jobClass = jobClass
        self.messageID = messageID
        self.deadline = deadline
    }

    func associatedData(_ direction: MessageDirection, ticketHash: [UInt8], jobHash: [UInt8]?) -> [UInt8] {
        var data = CanonicalBytes(context: direction.rawValue)
        data.append(Int64(Self.version))
        data.append(ticketHash)
        data.append(partition.text)
        data.append(jobClass.rawValue)
        data.append(messageID)
        data.append(deadline)
        if let jobHash { data.append(jobHash) }
        return data.bytes
    }
}

/// Keeps the keys of jobs and replies apart.
enum MessageDirection: String {
    case job = "keyferry job v1"
    case reply = "keyferry reply v1"
}
