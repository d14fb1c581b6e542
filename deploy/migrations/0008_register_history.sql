-- Registers by change: a row is kept once, from the version that first lists it to the one that no longer does, so that
-- every version ever loaded can be asked and twelve of them cost little more than one. Nothing of it is ever updated.

-- A check of each of a million rows takes longer than loading them; one transaction opens the version and fills it.
ALTER TABLE registers.rows DROP CONSTRAINT rows_version_fkey,
    ADD COLUMN kind text NOT NULL DEFAULT '';

CREATE TABLE registers.files (
    version integer  NOT NULL REFERENCES registers.versions DEFERRABLE INITIALLY DEFERRED,
    file    smallint NOT NULL,                 -- from 1
    name    text     NOT NULL,
    sha256  text,                              -- of its content, by which it is archived; unknown for the oldest loads
    PRIMARY KEY (version, file)
);
INSERT INTO registers.files (version, file, name)
SELECT v.version, f.file, f.name FROM registers.versions v, unnest(v.files) WITH ORDINALITY f(name, file);

-- Rows that a later version no longer lists, and which that is.
CREATE TABLE registers.ended (
    version  integer  NOT NULL,                -- the row: the version that first listed it, and where it stands there
    file     smallint NOT NULL,
    line     integer  NOT NULL,
    ended_in integer  NOT NULL,
    PRIMARY KEY (version, file, line)
);

UPDATE registers.rows r SET kind = CASE
        WHEN v.register = 'irs-bmf' THEN 'bmf' WHEN v.register = 'irs-pub78' THEN 'pub78'
        WHEN v.register = 'irs-revocation' THEN 'revocation'
        WHEN f.name LIKE 'alt%' THEN 'names' WHEN f.name LIKE 'add%' THEN 'addresses' ELSE 'main' END
  FROM registers.versions v, registers.files f
 WHERE v.version = r.version AND f.version = r.version AND f.file = r.file;
INSERT INTO registers.ended (version, file, line, ended_in)
SELECT r.version, r.file, r.line, later.version
  FROM registers.rows r JOIN registers.versions v USING (version),
       LATERAL (SELECT min(n.version) AS version FROM registers.versions n
                 WHERE n.register = v.register AND n.version > v.version AND n.state IN ('SUPERSEDED', 'IN_FORCE')) later
 WHERE later.version IS NOT NULL;

ALTER TABLE registers.versions DROP COLUMN files;
ALTER TABLE registers.rows ALTER COLUMN kind DROP DEFAULT;
DROP TABLE registers.names;                    -- names are indexed by whoever screens, from the rows themselves
CREATE INDEX versions_register ON registers.versions (register, version) WHERE state IN ('SUPERSEDED', 'IN_FORCE');

-- What the publisher said of the file that was fetched last, so that an unchanged one is not fetched again.
CREATE TABLE registers.fetches (
    address       text PRIMARY KEY,
    etag          text NOT NULL,
    last_modified text NOT NULL,
    sha256        text NOT NULL,
    fetched_at    timestamptz NOT NULL DEFAULT clock_timestamp()
);

GRANT SELECT ON registers.files, registers.ended, registers.fetches TO accord_reader;
