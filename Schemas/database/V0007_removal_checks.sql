-- Which steps of an instance's removal operators have checked off. It decides nothing. Authenticated, so that it says who
-- did it; a row that is taken away leaves a step unchecked. Rows go with their instance; the audit trail keeps them.
CREATE TABLE removal_checks (
    instance TEXT NOT NULL,
    step TEXT NOT NULL,
    operator BLOB NOT NULL,
    checked BIGINT NOT NULL,
    mac BLOB NOT NULL,
    PRIMARY KEY (instance, step)
);
