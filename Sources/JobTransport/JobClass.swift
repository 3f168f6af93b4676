/// How urgent a job is. Each class has a queue of its own, so that a long rotation does not delay one power-on.
package enum JobClass: String, Sendable, CaseIterable, Codable {
    /// What a KMIP client waits for.
    case interactive
    /// What an operator waits for.
    case `operator`
    /// Rewrapping and reclaiming, for which nobody waits.
    case bulk
}
