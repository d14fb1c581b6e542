-- Public registers: every load is a version; rows are kept as published, found by their key.

CREATE EXTENSION IF NOT EXISTS pg_trgm WITH SCHEMA public;
CREATE SCHEMA registers;

CREATE TABLE registers.versions (
    version      integer     GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    register     text        NOT NULL,
    sha256       text        NOT NULL,
    source_date  date        NOT NULL,
    files        text[]      NOT NULL,
    loaded_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
    row_count    integer     NOT NULL,
    bad_count    integer     NOT NULL,
    state        text        NOT NULL CHECK (state IN ('LOADING', 'IN_FORCE', 'SUPERSEDED', 'REFUSED')),
    note         text        NOT NULL DEFAULT ''
);
CREATE UNIQUE INDEX versions_one_in_force ON registers.versions (register) WHERE state = 'IN_FORCE';

CREATE TABLE registers.rows (
    version integer  NOT NULL REFERENCES registers.versions DEFERRABLE INITIALLY DEFERRED,
    key     text     NOT NULL,
    file    smallint NOT NULL,                 -- index into versions.files, from 1
    line    integer  NOT NULL,
    row     text     NOT NULL                  -- exactly as published
);
CREATE INDEX rows_key ON registers.rows (key, version);

CREATE TABLE registers.names (
    version integer NOT NULL REFERENCES registers.versions DEFERRABLE INITIALLY DEFERRED,
    key     text    NOT NULL,                  -- the entity in registers.rows
    file    smallint NOT NULL,                 -- where the name itself stands
    line    integer NOT NULL,
    name    text    NOT NULL,                  -- as published
    folded  text    NOT NULL                   -- case, accents, punctuation, legal form and word order set aside
);
CREATE INDEX names_exact ON registers.names (folded, version);
CREATE INDEX names_near ON registers.names USING gin (folded public.gin_trgm_ops);

CREATE TABLE registers.quarantine (
    version integer NOT NULL REFERENCES registers.versions DEFERRABLE INITIALLY DEFERRED,
    file    smallint NOT NULL,
    line    integer NOT NULL,
    reason  text    NOT NULL,
    row     text    NOT NULL
);
