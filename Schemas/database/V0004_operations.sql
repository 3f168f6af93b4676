-- Long work that goes on in the background: one row for each, kept for good. Authenticated as a whole, so that nobody can
-- make one up or end one. subject: the identifier of what it works on. report: keys by version of the root key, as
-- "1=0 2=300"; null until the end. Columns from pass_claimed on say how far the present pass over the keys has come.

CREATE TABLE operations (
    identifier TEXT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    partition_name TEXT NOT NULL,
    subject TEXT NOT NULL,
    subject_name TEXT NOT NULL,
    target_version BIGINT,
    state TEXT NOT NULL,
    done BIGINT NOT NULL,
    failed BIGINT NOT NULL,
    total BIGINT NOT NULL,
    started BIGINT NOT NULL,
    finished BIGINT,
    report TEXT,
    pass_claimed BIGINT NOT NULL,
    pass_moved BIGINT NOT NULL,
    pass_refused BIGINT NOT NULL,
    cursor_version BIGINT,
    cursor_instance TEXT,
    cursor_identifier TEXT,
    revision BIGINT NOT NULL,
    mac BLOB NOT NULL
);

CREATE INDEX operations_by_date ON operations (partition_name, started DESC, identifier);

CREATE INDEX operations_by_state ON operations (state, partition_name);

-- What is under which version of a root key, in an order that can be gone on with, and counted by instance.
DROP INDEX managed_objects_by_root_key;

CREATE INDEX managed_objects_by_root_key ON managed_objects (root_key, root_key_version, instance, unique_identifier);
