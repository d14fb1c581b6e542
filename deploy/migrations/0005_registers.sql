-- Public registers by change: every load is a version, and a row is kept as published, once, from the version that first
-- lists it to the one that no longer does. So every version ever loaded can be asked, and twelve of them cost little more
-- than one. No row is ever updated.

CREATE SCHEMA registers AUTHORIZATION accord_owner;
SET LOCAL ROLE accord_owner;

CREATE TABLE registers.versions (
    version      integer     GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    register     text        NOT NULL,
    sha256       text        NOT NULL,
    source_date  date        NOT NULL,
    loaded_at    timestamptz NOT NULL DEFAULT ledger.now(),
    row_count    integer     NOT NULL,
    bad_count    integer     NOT NULL,
    state        text        NOT NULL CHECK (state IN ('LOADING', 'IN_FORCE', 'SUPERSEDED', 'REFUSED')),
    note         text        NOT NULL DEFAULT ''
);
CREATE UNIQUE INDEX versions_one_in_force ON registers.versions (register) WHERE state = 'IN_FORCE';
CREATE INDEX versions_register ON registers.versions (register, version) WHERE state IN ('SUPERSEDED', 'IN_FORCE');

CREATE TABLE registers.files (
    version integer  NOT NULL REFERENCES registers.versions DEFERRABLE INITIALLY DEFERRED,
    file    smallint NOT NULL,                 -- from 1
    name    text     NOT NULL,
    sha256  text,                              -- of its content, by which it is archived
    PRIMARY KEY (version, file)
);

-- A check of each of a million rows takes longer than loading them; one transaction opens the version and fills it.
CREATE TABLE registers.rows (
    version integer  NOT NULL,
    key     text     NOT NULL,
    file    smallint NOT NULL,
    line    integer  NOT NULL,
    row     text     NOT NULL,                 -- exactly as published
    kind    text     NOT NULL
);
-- Rows are asked for by their whole key and nothing else. A hash index takes a fifth less of a load than a B-tree does;
-- and what the planner must know of keys it knows without looking at thirty thousand rows after each load.
CREATE INDEX rows_key ON registers.rows USING hash (key);
ALTER TABLE registers.rows
    ALTER COLUMN key SET STATISTICS 10,
    ALTER COLUMN key SET (n_distinct = -0.5),
    ALTER COLUMN version SET STATISTICS 10;

-- Rows that a later version no longer lists, and which that is.
CREATE TABLE registers.ended (
    version  integer  NOT NULL,                -- the row: the version that first listed it, and where it stands there
    file     smallint NOT NULL,
    line     integer  NOT NULL,
    ended_in integer  NOT NULL,
    PRIMARY KEY (version, file, line)
);

CREATE TABLE registers.quarantine (
    version integer NOT NULL REFERENCES registers.versions DEFERRABLE INITIALLY DEFERRED,
    file    smallint NOT NULL,
    line    integer NOT NULL,
    reason  text    NOT NULL,
    row     text    NOT NULL
);

-- What the publisher said of the file that was fetched last, so that an unchanged one is not fetched again.
CREATE TABLE registers.fetches (
    address       text PRIMARY KEY,
    etag          text NOT NULL,
    last_modified text NOT NULL,
    sha256        text NOT NULL,
    fetched_at    timestamptz NOT NULL DEFAULT ledger.now()
);

-- A register that did not change is not old: when its publisher was asked and had nothing newer, that is kept as well.
CREATE TABLE registers.confirmations (
    version      integer     NOT NULL REFERENCES registers.versions,
    confirmed_on date        NOT NULL,
    confirmed_at timestamptz NOT NULL DEFAULT ledger.now(),
    PRIMARY KEY (version, confirmed_on)
);

-- The versions in force, kept in force until the transaction that asked has ended. One that is being replaced at this
-- moment is left out, so that nobody waits for a load while holding the append lock.
CREATE FUNCTION registers.hold_in_force() RETURNS TABLE (version integer)
LANGUAGE sql SECURITY DEFINER SET search_path = registers, pg_temp AS $$
    SELECT v.version FROM registers.versions v WHERE v.state = 'IN_FORCE' ORDER BY v.version FOR SHARE SKIP LOCKED
$$;

GRANT USAGE ON SCHEMA registers TO accord_reader;
GRANT SELECT ON ALL TABLES IN SCHEMA registers TO accord_reader;
GRANT INSERT ON ALL TABLES IN SCHEMA registers TO accord_loader;
GRANT UPDATE (state, row_count, bad_count, note, loaded_at) ON registers.versions TO accord_loader;
GRANT UPDATE ON registers.fetches TO accord_loader;
GRANT EXECUTE ON FUNCTION registers.hold_in_force TO accord_exporter;
DO $$
BEGIN
    IF current_setting('server_version_num')::integer >= 170000 THEN  -- older servers let the owner alone analyse a table
        GRANT MAINTAIN ON registers.rows, registers.ended TO accord_loader;
    END IF;
END $$;
RESET ROLE;
