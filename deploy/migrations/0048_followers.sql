-- What the auditors' followers hand in: cosignatures on checkpoints, and where one stopped. Each line is signed by a follower's own key, which two
-- guardians enrolled with its token. They decide nothing: the console shows them.

CREATE SCHEMA followers AUTHORIZATION accord_owner;

SET LOCAL ROLE accord_owner;
CREATE TABLE followers.words (
    number      bigint      PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    key         text        NOT NULL CHECK (length(key) <= 400),            -- the verifier key, NAME+ID+KEY
    kind        text        NOT NULL CHECK (kind IN ('COSIGNED', 'STOPPED')),
    place       bigint      NOT NULL CHECK (place >= 0),                    -- the size that is cosigned, or the event at which it stopped
    text_sha256 text        NOT NULL CHECK (text_sha256 ~ '^[0-9a-f]{64}$'),  -- of the text that is signed: said again, it is one word
    reason      text        NOT NULL DEFAULT '' CHECK (length(reason) <= 400),
    note        text        NOT NULL CHECK (length(note) <= 16384),
    received_at timestamptz NOT NULL DEFAULT ledger.now(),
    UNIQUE (key, kind, text_sha256)
);
CREATE INDEX words_of_a_key ON followers.words (key, number);

CREATE FUNCTION followers.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what a follower handed in stays as it is';
END $$;
CREATE TRIGGER words_stay BEFORE UPDATE OR DELETE ON followers.words
    FOR EACH ROW EXECUTE FUNCTION followers.refuse_change();

GRANT USAGE ON SCHEMA followers TO accord_api, accord_reader;
GRANT SELECT ON followers.words TO accord_api, accord_reader;
GRANT INSERT (key, kind, place, text_sha256, reason, note) ON followers.words TO accord_api;
RESET ROLE;
