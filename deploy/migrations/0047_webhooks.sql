-- Webhooks: the sealed secret of each endpoint, and how far it was sent to. Which endpoints there are, two guardians say in the directory:
-- a row here without their signatures is sent to by nobody. The digest of its secret is an endpoint's identity.

DO $$
BEGIN
    CREATE ROLE accord_webhooks NOLOGIN;
EXCEPTION WHEN duplicate_object OR unique_violation THEN
    NULL;  -- roles belong to the whole server; another database made it
END $$;

GRANT accord_reader TO accord_webhooks;

CREATE SCHEMA webhooks AUTHORIZATION accord_owner;
SET LOCAL ROLE accord_owner;

CREATE TABLE webhooks.secrets (
    sha256  text        PRIMARY KEY CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    key_id  text        NOT NULL CHECK (key_id ~ '^[0-9a-f]{16}$'),      -- of the ring of payload keys, under which it is sealed
    sealed  bytea       NOT NULL CHECK (octet_length(sealed) BETWEEN 29 AND 500),
    kept_at timestamptz NOT NULL DEFAULT ledger.now()
);

CREATE TABLE webhooks.cursors (
    sha256     text        PRIMARY KEY REFERENCES webhooks.secrets,
    position   bigint      NOT NULL DEFAULT 0 CHECK (position >= 0),     -- up to which it took all that it hears
    turn       integer     NOT NULL DEFAULT 0,                           -- grows with each word of a person on it
    tried      integer     NOT NULL DEFAULT 0,                           -- how often the next event was sent in vain
    reason     text        NOT NULL DEFAULT '' CHECK (length(reason) <= 300),
    next_at    timestamptz,                                              -- before this it is not tried again
    stopped_at timestamptz,                                              -- since when nothing is sent, until a person says so
    taken_at   timestamptz,
    said_by    text        NOT NULL DEFAULT ''                           -- whose word was the last
);

-- Nothing is skipped: a cursor does not go past the ledger, and back only at somebody's word.
CREATE FUNCTION webhooks.guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.position < OLD.position AND NEW.turn = OLD.turn THEN
        RAISE EXCEPTION 'a cursor goes back at a person''s word alone' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.position > OLD.position AND NEW.position > (SELECT coalesce(max(position), 0) FROM ledger.events) THEN
        RAISE EXCEPTION 'a cursor does not go past the ledger' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER guard BEFORE UPDATE ON webhooks.cursors FOR EACH ROW EXECUTE FUNCTION webhooks.guard();

-- Keep the secret of an endpoint that is about to be enrolled. What is kept stays.
CREATE FUNCTION webhooks.keep(which text, under_key text, content bytea) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = webhooks, pg_temp AS $$
BEGIN
    INSERT INTO webhooks.secrets (sha256, key_id, sealed) VALUES (which, under_key, content) ON CONFLICT DO NOTHING;
    INSERT INTO webhooks.cursors (sha256) VALUES (which) ON CONFLICT DO NOTHING;
END $$;

-- A person stops an endpoint, or lets it go on: from an earlier position, or from where it was. Nobody lets it skip.
CREATE FUNCTION webhooks.say(which text, stops boolean, at_position bigint, who text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = webhooks, pg_temp AS $$
BEGIN
    UPDATE webhooks.cursors SET position = coalesce(at_position, position), turn = turn + 1, tried = 0, next_at = NULL,
           stopped_at = CASE WHEN stops THEN ledger.now() END, reason = CASE WHEN stops THEN 'stopped by ' || who ELSE '' END,
           said_by = who
     WHERE sha256 = which AND coalesce(at_position <= position, true);
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    PERFORM pg_notify('ledger_head', '');
    RETURN true;
END $$;

-- Seal a secret by the key that writes now. Whoever sends compares its digest, so that another one is used by nobody.
CREATE FUNCTION webhooks.seal_again(which text, under_key text, content bytea) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = webhooks, pg_temp AS $$
    UPDATE webhooks.secrets SET key_id = under_key, sealed = content WHERE sha256 = which
$$;

GRANT USAGE ON SCHEMA webhooks TO accord_reader;
GRANT SELECT ON webhooks.cursors TO accord_reader;
GRANT SELECT (sha256, key_id) ON webhooks.secrets TO accord_staff;
GRANT SELECT ON webhooks.secrets TO accord_webhooks;
GRANT UPDATE (position, tried, reason, next_at, stopped_at, taken_at) ON webhooks.cursors TO accord_webhooks;
GRANT EXECUTE ON FUNCTION webhooks.keep, webhooks.say TO accord_staff;
GRANT EXECUTE ON FUNCTION webhooks.seal_again TO accord_webhooks;
RESET ROLE;
