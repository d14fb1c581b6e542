-- Read models: one document per stream, folded from its events; two generations can stand side by side.

CREATE SCHEMA projection AUTHORIZATION accord_owner;
SET LOCAL ROLE accord_owner;

CREATE TABLE projection.checkpoints (
    name       text    NOT NULL,
    generation integer NOT NULL CHECK (generation > 0),
    position   bigint  NOT NULL DEFAULT 0,            -- everything up to here is folded in
    leaf       bytea,                                 -- of the event at that position: the ledger it was folded from
    live       boolean NOT NULL DEFAULT false,        -- the one that readers see
    fault      text    NOT NULL DEFAULT '',           -- why it stopped
    PRIMARY KEY (name, generation),
    CHECK ((position = 0) = (leaf IS NULL))
);
CREATE UNIQUE INDEX one_is_live ON projection.checkpoints (name) WHERE live;

CREATE TABLE projection.documents (
    name       text    NOT NULL,
    generation integer NOT NULL,
    stream_id  text    NOT NULL,
    version    integer NOT NULL,
    position   bigint  NOT NULL,                      -- of the newest event in it
    document   jsonb   NOT NULL,
    PRIMARY KEY (name, generation, stream_id)
);
CREATE INDEX documents_of_partnerships ON projection.documents ((document -> 'portfolio' ->> 'stage'))
    WHERE name = 'partnerships';

CREATE TABLE projection.quarantine (
    name       text    NOT NULL,
    generation integer NOT NULL,
    stream_id  text    NOT NULL,
    position   bigint  NOT NULL,                      -- of the event that could not be folded
    reason     text    NOT NULL,
    PRIMARY KEY (name, generation, stream_id)
);

-- Streams whose documents were dropped, since what they say reads otherwise now. The projector folds them anew.
CREATE TABLE projection.forgotten (
    name       text    NOT NULL,
    generation integer NOT NULL,
    stream_id  text    NOT NULL,
    PRIMARY KEY (name, generation, stream_id)
);

-- Drop what is shown of streams, at once and for everybody, and have it folded anew. It takes the locks that projectors
-- take, so that none of them writes once more what it read before.
CREATE FUNCTION projection.forget(streams text[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = projection, pg_temp AS $$
DECLARE
    projected text;
BEGIN
    FOR projected IN SELECT DISTINCT name FROM projection.checkpoints ORDER BY name LOOP
        PERFORM pg_advisory_xact_lock(hashtextextended('projection.' || projected, 0));
    END LOOP;
    DELETE FROM projection.documents WHERE stream_id = ANY (streams);
    DELETE FROM projection.quarantine WHERE stream_id = ANY (streams);
    INSERT INTO projection.forgotten
    SELECT c.name, c.generation, s.stream_id FROM projection.checkpoints c, unnest(streams) s(stream_id)
    ON CONFLICT DO NOTHING;
    PERFORM pg_notify('ledger_head', '');
END $$;

GRANT USAGE ON SCHEMA projection TO accord_reader;
GRANT SELECT ON ALL TABLES IN SCHEMA projection TO accord_reader;
GRANT INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA projection TO accord_projector;
GRANT EXECUTE ON FUNCTION projection.forget TO accord_staff;
RESET ROLE;
