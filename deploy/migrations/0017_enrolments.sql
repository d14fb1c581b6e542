-- Passkeys that people made on the page that signs, until guardians enter them: with what the authenticator said of each. Whoever
-- opens that page may leave one, for any id. None counts before two guardians signed for it, who ask its owner for its id.

SET LOCAL ROLE accord_owner;

CREATE TABLE console.enrolments (
    key_id   text PRIMARY KEY CHECK (key_id ~ '^PK-[A-Z2-7]{16}$'),
    staff_id text NOT NULL CHECK (length(staff_id) <= 32),
    content  bytea NOT NULL CHECK (octet_length(content) <= 32768),
    made_at  timestamptz NOT NULL DEFAULT ledger.now()
);
CREATE INDEX enrolments_of ON console.enrolments (staff_id, made_at DESC);

GRANT SELECT, INSERT, DELETE ON console.enrolments TO accord_console;
RESET ROLE;
