package import AMQPClient

/// What fronts and workers share: the brokers and the topology.
package struct JobTransportConfiguration: Sendable {
    package var brokers: AMQPConfiguration
    package var topology: JobTopology

    /// - Throws: If the compiled-in topology cannot be read.
    package init(brokers: AMQPConfiguration) throws(AMQPClientError) {
        self.brokers = brokers
        topology = try JobTopology()
    }
}
