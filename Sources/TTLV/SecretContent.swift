/// Key material, passwords and the like in memory that this module neither allocates nor copies.
///
/// Reading hands the bytes to a ``SecretFactory`` where they lie; writing copies them from here into the message's
/// buffer. They are never an Array or a String in between.
package protocol SecretContent: AnyObject, Sendable {
    var count: Int { get }

    /// The pointer is valid during the call only.
    func withUnsafeBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result
}

/// Copies secret bytes of a message that is being read into protected memory; throws where there is none left.
package typealias SecretFactory = @Sendable (UnsafeRawBufferPointer) throws -> any SecretContent
