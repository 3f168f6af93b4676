-- The generation of the last change of the authority that must never be undone: of anything but ticket keys. The token's
-- anchor is that one. NULL, and not under the mac, in a state that was written before: every change counted then.
ALTER TABLE authority_state ADD COLUMN anchored_generation BIGINT;
