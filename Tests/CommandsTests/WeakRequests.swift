/// Requests with keys that are not taken, made by openssl; their private keys were thrown away.
enum WeakRequests {
    static let rsa1024 = """
        -----BEGIN CERTIFICATE REQUEST-----
        MIIBTjCBuAIBADAPMQ0wCwYDVQQDDAR3ZWFrMIGfMA0GCSqGSIb3DQEBAQUAA4GN
        ADCBiQKBgQCTQrJIzplzhg23ARr0Ui8t1cB+C+Vh3HAAjmyw7+foTiYTNfs0fDVa
        mAv1d+B5ao585ZoJhS6mZXVd3Ez756seXGrjR4HL/cnt2s9xRvy5LQS5j7FIRM4w
        FIX6Czmb2KduTkLUp12vZBbCMSOEl8+LWZ9Zoqu2+PpCqIxeu4rfUwIDAQABoAAw
        DQYJKoZIhvcNAQELBQADgYEATkDJRto93Ghk6MI5vpirD5UxcRMzb0Y9I4HvCWA6
        +6L9TFYFdaAtiGSSu9STYWXUZcaABeEx8SZABSoleRgyvz53ACwCGcSHbpLysIX4
        hWy6BpDWXedMLN4HXbBs0ChXgqdwLAwM1qe9jOc9O5OgQysWuvdZlwcRqidxVKiV
        Qd0=
        -----END CERTIFICATE REQUEST-----
        """

    static let p384 = """
        -----BEGIN CERTIFICATE REQUEST-----
        MIIBCDCBjgIBADAPMQ0wCwYDVQQDDAR3ZWFrMHYwEAYHKoZIzj0CAQYFK4EEACID
        YgAEuh6Q8GfE936/kBDFmbjtIv4l1vWsx4lMUEUiSf2KkX7DhoaNFz0PzruhIZ2j
        bhNEj8dpmfhk0TsEMWOUIYgCPCK6MCBYBTAEJAqmBSba7M2iwJSvgwL9bqoasKlb
        0r8JoAAwCgYIKoZIzj0EAwIDaQAwZgIxAPn0df8ALpjRIYzKSxKqjCwo/3pBjDrz
        C8mcqYGFMkSNA6SPOO3ZWyNrbSrrxoAGNgIxAMW4AaUS4Q7d0nJZ3R9a6oD+CRVJ
        0SDQ7/22fDQewBcksUDlMei4TQm8/gsumstyvg==
        -----END CERTIFICATE REQUEST-----
        """
}
