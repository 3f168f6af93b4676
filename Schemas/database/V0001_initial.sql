-- The key store, version 1.
--
-- One schema for every engine: the types are BIGINT, TEXT and BLOB, and nothing is used that SQLite and PostgreSQL do
-- not share (a PostgreSQL engine makes BLOB a domain over BYTEA before it runs this).
--
-- mac: one byte of format version and an HMAC-SHA-256 over table, key and columns (KeyStorage/Records). What the mac
-- does not cover is said at the column. Times are seconds since 1970.
--
-- There are no foreign keys: only KeyStorage writes, and what belongs together is shown by mac and set digest, which a
-- writer of the database can't make. Text that clients send is kept in BLOB columns as UTF-8: text columns can't hold
-- every character everywhere (U+0000).

-- What confers authority. authority_state has one row, id 1: the generation, and the SHA-256 over the macs of all rows
-- of the eight tables after it, so that a row can't be taken away or put back.

CREATE TABLE authority_state (
    id BIGINT NOT NULL PRIMARY KEY,
    generation BIGINT NOT NULL,
    set_digest BLOB NOT NULL,
    mac BLOB NOT NULL
);

CREATE TABLE instances (
    identifier TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    status TEXT NOT NULL,
    partition_name TEXT NOT NULL,
    root_key TEXT,
    created BIGINT NOT NULL,
    mac BLOB NOT NULL
);

CREATE TABLE client_certificates (
    fingerprint BLOB NOT NULL PRIMARY KEY,
    instance TEXT NOT NULL,
    name TEXT NOT NULL,
    der BLOB NOT NULL,
    subject TEXT NOT NULL,
    not_before BIGINT NOT NULL,
    not_after BIGINT NOT NULL,
    added BIGINT NOT NULL,
    mac BLOB NOT NULL,
    UNIQUE (instance, name)
);

CREATE TABLE root_keys (
    identifier TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    partition_name TEXT NOT NULL,
    status TEXT NOT NULL,
    created BIGINT NOT NULL,
    mac BLOB NOT NULL
);

CREATE TABLE root_key_versions (
    root_key TEXT NOT NULL,
    version BIGINT NOT NULL,
    status TEXT NOT NULL,
    token_key_id BLOB NOT NULL,
    canary BLOB NOT NULL,
    created BIGINT NOT NULL,
    mac BLOB NOT NULL,
    PRIMARY KEY (root_key, version)
);

CREATE TABLE ticket_keys (
    token_key_id BLOB NOT NULL PRIMARY KEY,
    partition_name TEXT NOT NULL,
    status TEXT NOT NULL,
    certificate BLOB NOT NULL,
    created BIGINT NOT NULL,
    mac BLOB NOT NULL
);

CREATE TABLE service_authorizations (
    instance TEXT NOT NULL,
    root_key TEXT NOT NULL,
    roles TEXT NOT NULL,
    mac BLOB NOT NULL,
    PRIMARY KEY (instance, root_key)
);

CREATE TABLE service_identities (
    fingerprint BLOB NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    status TEXT NOT NULL,
    not_after BIGINT NOT NULL,
    mac BLOB NOT NULL
);

CREATE TABLE operators (
    fingerprint BLOB NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    roles TEXT NOT NULL,
    status TEXT NOT NULL,
    not_after BIGINT NOT NULL,
    mac BLOB NOT NULL
);

-- When a client certificate was last used. Not authenticated: it decides nothing.
CREATE TABLE certificate_sightings (
    fingerprint BLOB NOT NULL PRIMARY KEY,
    last_seen BIGINT NOT NULL
);

-- Keys. The mac covers every column before it and the attributes; last_retrieved decides nothing.
CREATE TABLE managed_objects (
    instance TEXT NOT NULL,
    unique_identifier TEXT NOT NULL,
    object_type BIGINT NOT NULL,
    algorithm BIGINT NOT NULL,
    length BIGINT NOT NULL,
    usage_mask BIGINT NOT NULL,
    digest BLOB NOT NULL,
    state BIGINT NOT NULL,
    initial_date BIGINT,
    activation_date BIGINT,
    process_start_date BIGINT,
    protect_stop_date BIGINT,
    deactivation_date BIGINT,
    destroy_date BIGINT,
    compromise_occurrence_date BIGINT,
    compromise_date BIGINT,
    last_change_date BIGINT,
    revocation_reason BIGINT,
    revocation_message BLOB,
    wrapped_material BLOB,
    true_length BIGINT,
    root_key TEXT,
    root_key_version BIGINT,
    revision BIGINT NOT NULL,
    mac BLOB NOT NULL,
    last_retrieved BIGINT,
    PRIMARY KEY (instance, unique_identifier)
);

-- Newest first, and by state.
CREATE INDEX managed_objects_by_date ON managed_objects (instance, initial_date DESC, unique_identifier);

CREATE INDEX managed_objects_by_state ON managed_objects (instance, state, initial_date DESC, unique_identifier);

-- For rewrapping: what is still under a version of a root key.
CREATE INDEX managed_objects_by_root_key ON managed_objects (root_key, root_key_version);

-- match_digest is a hash of name and value, to search by. It is not authenticated: an altered one hides an object from
-- Locate or offers one that the caller's own comparison turns down.
CREATE TABLE object_attributes (
    instance TEXT NOT NULL,
    unique_identifier TEXT NOT NULL,
    name BLOB NOT NULL,
    attribute_index BIGINT NOT NULL,
    value BLOB NOT NULL,
    match_digest BLOB NOT NULL,
    PRIMARY KEY (instance, unique_identifier, name, attribute_index)
);

CREATE INDEX object_attributes_by_value ON object_attributes (instance, match_digest, unique_identifier);

-- The names of objects that are not destroyed, hashed: what keeps them unique within the instance.
CREATE TABLE object_names (
    instance TEXT NOT NULL,
    name_digest BLOB NOT NULL,
    unique_identifier TEXT NOT NULL,
    PRIMARY KEY (instance, name_digest)
);

CREATE INDEX object_names_by_object ON object_names (instance, unique_identifier);

-- What was answered to a job, for the case that it is delivered again. It holds no key material.
CREATE TABLE job_outcomes (
    sender BLOB NOT NULL,
    message_id BLOB NOT NULL,
    request_hash BLOB NOT NULL,
    attempts BIGINT NOT NULL,
    outcome BLOB,
    expiry BIGINT NOT NULL,
    mac BLOB NOT NULL,
    PRIMARY KEY (sender, message_id)
);

CREATE INDEX job_outcomes_by_expiry ON job_outcomes (expiry);

-- hash: SHA-256 over chain, sequence, previous hash and event, which anyone can check; mac covers it all.
CREATE TABLE audit_events (
    chain BLOB NOT NULL,
    sequence BIGINT NOT NULL,
    action TEXT NOT NULL,
    initiator TEXT NOT NULL,
    address TEXT NOT NULL,
    instance TEXT,
    object TEXT,
    failure BIGINT,
    request_id TEXT NOT NULL,
    is_repeat BIGINT NOT NULL,
    event_time BIGINT NOT NULL,
    previous_hash BLOB NOT NULL,
    hash BLOB NOT NULL,
    mac BLOB NOT NULL,
    PRIMARY KEY (chain, sequence)
);

CREATE INDEX audit_events_by_time ON audit_events (event_time);

-- Written once in a while by every worker, to show that the store can be written to.
CREATE TABLE store_probes (
    worker TEXT NOT NULL PRIMARY KEY,
    probed BIGINT NOT NULL
);
