import TTLV

/// What a Request Payload or Response Payload contains for one operation. Decoding and encoding go through the fields
/// in the standard's order; the end of the structure is checked by whoever opened it.
protocol Payload: Sendable {
    init(from reader: inout ItemReader, _ context: DecodingContext) throws
    func encode(into writer: inout ItemWriter, _ version: ProtocolVersion)
}
