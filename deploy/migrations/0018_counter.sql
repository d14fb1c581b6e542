-- The counter's pages: their login keeps who is signed in there and what waits for a touch, and reads what every task reads. It
-- appends nothing: files are made under the exporter's login, answers imported under the importer's, accounts kept under the staff's.

DO $$
BEGIN
    CREATE ROLE accord_counter NOLOGIN;
EXCEPTION WHEN duplicate_object OR unique_violation THEN
    NULL;  -- roles belong to the whole server; another database made it
END $$;

GRANT accord_reader TO accord_counter;

CREATE SCHEMA counter AUTHORIZATION accord_owner;
SET LOCAL ROLE accord_owner;

-- A session of the counter's own, which no login of the console can begin. Of its cookie only the digest is kept.
CREATE TABLE counter.sessions (
    digest   bytea PRIMARY KEY CHECK (octet_length(digest) = 32),
    staff_id text NOT NULL,
    begun_at timestamptz NOT NULL DEFAULT ledger.now(),
    seen_at  timestamptz NOT NULL DEFAULT ledger.now(),
    ended_at timestamptz
);

-- An errand that waits for its person's touch, for a quarter of an hour: what the page that signs says of it (shown), what the
-- counter does once it is signed (errand, with an upload), the signature that was handed in, and what became of it.
CREATE TABLE counter.errands (
    digest      bytea PRIMARY KEY CHECK (octet_length(digest) = 32),
    staff_id    text NOT NULL,
    shown       bytea NOT NULL CHECK (octet_length(shown) <= 1048576),
    errand      bytea NOT NULL CHECK (octet_length(errand) <= 1048576),
    upload      bytea CHECK (octet_length(upload) <= 8388608),
    signature   bytea CHECK (octet_length(signature) <= 262144),
    outcome     bytea CHECK (octet_length(outcome) <= 65536),
    prepared_at timestamptz NOT NULL DEFAULT ledger.now(),
    begun_at    timestamptz
);

GRANT USAGE ON SCHEMA counter TO accord_counter, accord_console;
GRANT SELECT, INSERT, UPDATE ON counter.sessions TO accord_counter;
GRANT SELECT, INSERT, DELETE ON counter.errands TO accord_counter;
GRANT UPDATE (begun_at, outcome) ON counter.errands TO accord_counter;
-- The page that signs says what waits, and hands in the signature. The upload, and the whole numbers in an errand, it does not read.
GRANT SELECT (digest, shown, signature, outcome, prepared_at), UPDATE (signature) ON counter.errands TO accord_console;
GRANT USAGE ON SCHEMA console TO accord_counter;
GRANT EXECUTE ON FUNCTION console.look TO accord_counter;

-- What waits for a touch may name people, so an erasure ends it, as it does what waits to be signed at the console.
CREATE OR REPLACE FUNCTION privacy.write_anew() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    projected text;
BEGIN
    FOR projected IN SELECT DISTINCT name FROM projection.checkpoints ORDER BY name LOOP
        PERFORM pg_advisory_xact_lock(hashtextextended('projection.' || projected, 0));
    END LOOP;
    LOCK TABLE projection.documents, projection.lines, projection.words IN ACCESS EXCLUSIVE MODE;
    TRUNCATE console.prepared, counter.errands, projection.words;
    INSERT INTO projection.words
        SELECT DISTINCT l.name, t.term FROM projection.lines l, unnest(tsvector_to_array(l.terms)) t(term);
    CLUSTER privacy.people USING people_pkey;
    CLUSTER projection.documents USING documents_pkey;
    CLUSTER projection.lines USING lines_of_streams;
    IF current_setting('server_version_num')::integer >= 180000 THEN
        EXECUTE $clear$ SELECT pg_clear_attribute_stats('projection', 'lines', column_name, false)
                          FROM unnest(ARRAY['terms', 'place', 'stream_id']) AS names(column_name) $clear$;
        EXECUTE $clear$ SELECT pg_clear_attribute_stats('projection', 'documents', 'document', false) $clear$;
    ELSE
        ANALYZE projection.lines, projection.documents;
    END IF;
END $$;
RESET ROLE;
