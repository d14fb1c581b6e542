-- The console's login, and what the console keeps: who reads, what they were about to sign, and what they looked at. It reads what
-- the organisation decided, with the names of people, and appends nothing: what is decided needs a person's key.

DO $$
BEGIN
    CREATE ROLE accord_console NOLOGIN;
EXCEPTION WHEN duplicate_object OR unique_violation THEN
    NULL;  -- roles belong to the whole server; another database made it
END $$;

GRANT accord_reader TO accord_console;

SET LOCAL ROLE accord_owner;
GRANT USAGE ON SCHEMA privacy TO accord_console;
GRANT SELECT ON privacy.people, privacy.mentions, privacy.salt TO accord_console;
RESET ROLE;

CREATE SCHEMA console AUTHORIZATION accord_owner;
SET LOCAL ROLE accord_owner;

-- A session reads. Its cookie is 256 bits of chance, of which only the digest is kept.
CREATE TABLE console.sessions (
    digest   bytea PRIMARY KEY CHECK (octet_length(digest) = 32),
    staff_id text NOT NULL,
    begun_at timestamptz NOT NULL DEFAULT ledger.now(),
    seen_at  timestamptz NOT NULL DEFAULT ledger.now(),
    ended_at timestamptz
);
CREATE INDEX sessions_of ON console.sessions (staff_id, begun_at DESC);

-- A decision that waits to be signed, on the page that only signs. Whoever has its address may look at it once prepared, for a
-- quarter of an hour; it decides nothing. By the digest of its statement its signer finds it from another machine, in a shell.
CREATE TABLE console.prepared (
    digest      bytea PRIMARY KEY CHECK (octet_length(digest) = 32),
    staff_id    text NOT NULL,
    statement   bytea NOT NULL CHECK (octet_length(statement) = 32),
    content     bytea NOT NULL CHECK (octet_length(content) <= 1048576),
    prepared_at timestamptz NOT NULL DEFAULT ledger.now()
);

-- A proposal that somebody has begun. It is sealed with a key that only its author's browser holds, and goes after thirty days.
CREATE TABLE console.drafts (
    digest     bytea PRIMARY KEY CHECK (octet_length(digest) = 32),
    staff_id   text NOT NULL,
    sealed     bytea NOT NULL CHECK (octet_length(sealed) <= 1048576),
    changed_at timestamptz NOT NULL DEFAULT ledger.now()
);
CREATE INDEX drafts_of ON console.drafts (staff_id, changed_at DESC);

-- One decision on several partnerships, each signed by itself: which, and under which ids their commands were prepared.
CREATE TABLE console.batches (
    digest   bytea PRIMARY KEY CHECK (octet_length(digest) = 32),
    staff_id text NOT NULL,
    content  jsonb NOT NULL CHECK (octet_length(content::text) <= 1048576),
    begun_at timestamptz NOT NULL DEFAULT ledger.now()
);

-- Filters of the page of work that a person keeps under a name.
CREATE TABLE console.views (
    staff_id text NOT NULL,
    name     text NOT NULL CHECK (length(name) BETWEEN 1 AND 60),
    query    text NOT NULL CHECK (length(query) <= 8000),
    PRIMARY KEY (staff_id, name)
);

-- Who looked at what, each line bound to the one before by its digest.
CREATE TABLE console.looks (
    number    bigint PRIMARY KEY,
    at        timestamptz NOT NULL,
    staff_id  text NOT NULL,
    subject   text NOT NULL CHECK (octet_length(subject) <= 200),
    digest    bytea NOT NULL CHECK (octet_length(digest) = 32)
);
CREATE INDEX looks_of_subjects ON console.looks (subject, number);

-- Add a line to it. One at a time, so that the chain has no fork; the times are the database's.
CREATE FUNCTION console.look(who text, what text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = console, pg_temp AS $$
DECLARE
    last console.looks;
    said timestamptz := ledger.now();
    place bigint;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('console.looks', 0));
    SELECT * INTO last FROM console.looks ORDER BY number DESC LIMIT 1;
    place := COALESCE(last.number, 0) + 1;
    INSERT INTO console.looks (number, at, staff_id, subject, digest)
    VALUES (place, said, who, what,
            sha256(COALESCE(last.digest, '\x') || convert_to(
                concat_ws(E'\n', place, to_char(said AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'), who, what), 'UTF8')));
END $$;

-- Accounts as a page shows them: whose, and the last digits. The rest of the bank details is none of its business.
CREATE VIEW console.accounts AS
    SELECT reference, sha256, details ->> 'holder' AS holder, country, last_digits, recorded_at
      FROM payments.accounts,
           LATERAL (SELECT details ->> 'country' AS country,
                           right(COALESCE(details ->> 'iban', details ->> 'number'), 4) AS last_digits) l;

-- The worker reads the access log, whose digest it puts into the ledger once a day is over.
GRANT USAGE ON SCHEMA console TO accord_console, accord_reader, accord_worker;
GRANT SELECT, INSERT, UPDATE ON console.sessions TO accord_console;
GRANT SELECT, INSERT, DELETE ON console.prepared TO accord_console;
GRANT SELECT, INSERT, UPDATE, DELETE ON console.drafts, console.batches, console.views TO accord_console;
GRANT SELECT (statement, content, prepared_at) ON console.prepared TO accord_staff;
GRANT SELECT ON console.looks TO accord_console, accord_reader, accord_worker;
GRANT SELECT ON console.accounts TO accord_console, accord_staff, accord_exporter;
GRANT EXECUTE ON FUNCTION console.look TO accord_console;

-- What waits for a person of what the bank said, and which files left: without the bank's words and the accounts in them.
GRANT USAGE ON SCHEMA payments TO accord_console;
GRANT SELECT (exception_id, kind, partnership, file_name, reason, raised_at, resolved_at) ON payments.exceptions
    TO accord_console;
GRANT SELECT (message_id, sha256, payment_count, created_at, status) ON payments.files TO accord_console;
RESET ROLE;
