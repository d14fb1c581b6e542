-- Tables of partnerships of before that somebody looks at in the console, with their mapping: until they are signed, and gone after a day.
-- Refused rows may name people, so only the console reads them, for whoever sent them, by an address of chance.

SET LOCAL ROLE accord_owner;
CREATE TABLE console.kept_tables (
    digest   bytea       PRIMARY KEY CHECK (octet_length(digest) = 32),   -- of the address
    staff_id text        NOT NULL,
    name     text        NOT NULL,
    mapping  bytea       NOT NULL CHECK (octet_length(mapping) <= 1048576),
    content  bytea       NOT NULL CHECK (octet_length(content) <= 20000000),
    kept_at  timestamptz NOT NULL DEFAULT ledger.now()
);
GRANT SELECT, INSERT, DELETE ON console.kept_tables TO accord_console;
RESET ROLE;
