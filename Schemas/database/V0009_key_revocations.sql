-- Keys that an operator has ordered to be revoked: one row beside the row of the operation, and one for each key that is
-- still to be looked at. Both are authenticated, so that nobody can add a key to an order. requester: SHA-256 of the operator's
-- certificate. not_retrieved_since: a key that was given out at that moment or later is let alone; null to look at none.
CREATE TABLE key_revocations (
    operation TEXT NOT NULL PRIMARY KEY,
    instance TEXT NOT NULL,
    reason BIGINT NOT NULL,
    message BLOB,
    not_retrieved_since BIGINT,
    requester BLOB NOT NULL,
    request_id TEXT NOT NULL,
    address TEXT NOT NULL,
    mac BLOB NOT NULL
);

CREATE TABLE key_revocation_keys (
    operation TEXT NOT NULL,
    unique_identifier TEXT NOT NULL,
    mac BLOB NOT NULL,
    PRIMARY KEY (operation, unique_identifier)
);
