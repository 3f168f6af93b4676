/// What went wrong while a test's surroundings were made.
package struct TestServiceError: Error, CustomStringConvertible {
    package let description: String

    package init(_ description: String) { self.description = description }
}
