-- Statements that operators signed are good for one use. A row is written in the transaction of the use, and removed an
-- hour after the statement has expired. Not authenticated: whoever can delete a row, and is the admin front as well,
-- could have a statement carried out again until it expires.
CREATE TABLE statement_nonces (
    nonce BLOB NOT NULL PRIMARY KEY,
    expires BIGINT NOT NULL
);

CREATE INDEX statement_nonces_by_expiry ON statement_nonces (expires);
