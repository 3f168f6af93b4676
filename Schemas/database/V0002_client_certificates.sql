-- The key store, version 2: client certificates that end before their own date, and those that were refused.

-- When a client certificate ends by an operator's decision: the one that another has replaced. It confers authority, and
-- is the ninth of the tables whose macs are in the set digest. A store that has none has the digest that it had before.
CREATE TABLE certificate_ends (
    fingerprint BLOB NOT NULL PRIMARY KEY,
    valid_until BIGINT NOT NULL,
    mac BLOB NOT NULL
);

-- Certificates that clients have shown and that are not registered, for operators to choose from: bounded, oldest go.
-- Not authenticated: whoever admits one names the SHA-256 of the certificate, and the rest is information.
CREATE TABLE refused_certificates (
    fingerprint BLOB NOT NULL PRIMARY KEY,
    der BLOB NOT NULL,
    address TEXT NOT NULL,
    first_seen BIGINT NOT NULL,
    last_seen BIGINT NOT NULL,
    attempts BIGINT NOT NULL
);

CREATE INDEX refused_certificates_by_time ON refused_certificates (last_seen);
