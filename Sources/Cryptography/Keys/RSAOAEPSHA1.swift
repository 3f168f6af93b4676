import CCrypto

/// The parameters of RSAES-OAEP that every token has: SHA-1, MGF1 with SHA-1, no label.
enum RSAOAEPSHA1 {
    static func configure(_ context: OpaquePointer) throws(CryptographyError) {
        try check(
            EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_OAEP_PADDING),
            .operationFailed,
            "EVP_PKEY_CTX_set_rsa_padding"
        )
        try check(
            EVP_PKEY_CTX_set_rsa_oaep_md(context, EVP_sha1()),
            .operationFailed,
            "EVP_PKEY_CTX_set_rsa_oaep_md"
        )
        try check(
            EVP_PKEY_CTX_set_rsa_mgf1_md(context, EVP_sha1()),
            .operationFailed,
            "EVP_PKEY_CTX_set_rsa_mgf1_md"
        )
    }
}
