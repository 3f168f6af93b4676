import TTLV

/// What decoders of payloads need beside the bytes.
struct DecodingContext {
    let version: ProtocolVersion
    let makeSecret: SecretFactory
}
