-- Deletions of root keys: one row beside the row of the operation, and one for each key that went with the root key. Both
-- are authenticated. owners: two fingerprints of 32 bytes. ticket_keys: CKA_IDs of 16 bytes. token_serials: a line for each;
-- null until the versions are destroyed. report: what was signed; null until the end.
CREATE TABLE root_key_deletions (
    operation TEXT NOT NULL PRIMARY KEY,
    root_key TEXT NOT NULL,
    due BIGINT NOT NULL,
    owners BLOB NOT NULL,
    ticket_keys BLOB NOT NULL,
    token_serials TEXT,
    report BLOB,
    signature TEXT,
    certificate BLOB,
    mac BLOB NOT NULL
);

CREATE INDEX root_key_deletions_by_root_key ON root_key_deletions (root_key);

CREATE TABLE root_key_losses (
    operation TEXT NOT NULL,
    instance TEXT NOT NULL,
    unique_identifier TEXT NOT NULL,
    instance_name TEXT NOT NULL,
    name BLOB,
    mac BLOB NOT NULL,
    PRIMARY KEY (operation, instance, unique_identifier)
);
