-- The contents of editions: question sets, budget templates, score sheets, letters and calls, each under its digest. Whether one is
-- in force stands in the ledger alone. Whoever asks for an edition puts its content here, and can do nothing else.

CREATE SCHEMA editions AUTHORIZATION accord_owner;

SET LOCAL ROLE accord_owner;

CREATE TABLE editions.contents (
    sha256  text PRIMARY KEY,
    content bytea NOT NULL CHECK (octet_length(content) <= 524288),
    kept_by text NOT NULL DEFAULT session_user,
    kept_at timestamptz NOT NULL DEFAULT ledger.now(),
    CONSTRAINT named_by_its_digest CHECK (sha256 = encode(sha256(content), 'hex'))
);
CREATE FUNCTION editions.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% of % is refused: what was kept stays', lower(TG_OP), TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER contents_stay BEFORE UPDATE OR DELETE ON editions.contents
    FOR EACH ROW EXECUTE FUNCTION editions.refuse_change();

-- The digest is computed here, so that nobody keeps a content under another one's name.
CREATE FUNCTION editions.keep(content bytea) RETURNS text
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    INSERT INTO editions.contents (sha256, content) VALUES (encode(sha256($1), 'hex'), $1) ON CONFLICT DO NOTHING;
    SELECT encode(sha256($1), 'hex');
$$;
REVOKE ALL ON FUNCTION editions.keep FROM PUBLIC;

GRANT USAGE ON SCHEMA editions TO accord_reader;
GRANT SELECT ON editions.contents TO accord_reader;
GRANT EXECUTE ON FUNCTION editions.keep TO accord_staff, accord_console;
RESET ROLE;
