-- Mail: what is to be sent to whom, and what became of it. The outbox holds ids alone: who is written to, and about what, is looked
-- up in the ledger while it is sent, so that nothing of anybody outlives their erasure here.

DO $$
BEGIN
    CREATE ROLE accord_post NOLOGIN;
EXCEPTION WHEN duplicate_object OR unique_violation THEN
    NULL;  -- roles belong to the whole server; another database made it
END $$;

GRANT accord_reader TO accord_post;

CREATE SCHEMA post AUTHORIZATION accord_owner;
SET LOCAL ROLE accord_owner;

-- How a member of staff is written to, by their own choice. Nothing is decided by it, and it is no record: changed, it is gone.
CREATE TABLE post.choices (
    staff_id    text PRIMARY KEY CHECK (staff_id ~ '^[a-z][a-z0-9.-]{1,31}$'),
    address     text NOT NULL CHECK (address ~ '^[!-~]{1,64}@[!-~]{1,189}$' AND octet_length(address) <= 254),
    digest_hour smallint CHECK (digest_hour BETWEEN 0 AND 23),
    zone        text NOT NULL CHECK (zone ~ '^[A-Za-z0-9_+/-]{1,60}$'),
    overdue     boolean NOT NULL,
    changed_at  timestamptz NOT NULL DEFAULT ledger.now()
);

CREATE TABLE post.outbox (
    id         uuid PRIMARY KEY,               -- derived from what it is about, so that it is queued once
    kind       text NOT NULL CHECK (kind ~ '^[A-Z_]{1,40}$'),
    recipient  text NOT NULL CHECK (recipient ~ '^(staff/[a-z][a-z0-9.-]{1,31}|contact/P-[0-9]{4}-[0-9]{4,6}/[0-9]{1,3})$'),
    facts      jsonb NOT NULL CHECK (octet_length(facts::text) <= 2000),
    state      text NOT NULL DEFAULT 'QUEUED'
               CHECK (state IN ('QUEUED', 'SENDING', 'SENT', 'REFUSED', 'UNKNOWN', 'LET_GO')),
    tried      smallint NOT NULL DEFAULT 0,
    reason     text NOT NULL DEFAULT '' CHECK (length(reason) <= 300),
    queued_at  timestamptz NOT NULL DEFAULT ledger.now(),
    next_at    timestamptz NOT NULL DEFAULT ledger.now(),
    changed_at timestamptz NOT NULL DEFAULT ledger.now(),
    token      bytea UNIQUE CHECK (octet_length(token) = 32),    -- the digest of what its return path bears
    again_of   uuid UNIQUE REFERENCES post.outbox,               -- the mail in whose place a person sent it
    settled_by text                                              -- who sent it anew, or let it go
);
CREATE INDEX outbox_queued ON post.outbox (next_at, queued_at) WHERE state = 'QUEUED';
CREATE INDEX outbox_for_people ON post.outbox (changed_at) WHERE state IN ('REFUSED', 'UNKNOWN');

-- A mail says for ever what it said, and what is in doubt, or was sent, is never queued again: a person sends another in its place.
CREATE FUNCTION post.guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.id, NEW.kind, NEW.recipient, NEW.facts, NEW.queued_at, NEW.again_of)
       IS DISTINCT FROM (OLD.id, OLD.kind, OLD.recipient, OLD.facts, OLD.queued_at, OLD.again_of) THEN
        RAISE EXCEPTION 'a mail that is queued is not changed' USING ERRCODE = 'check_violation';
    END IF;
    IF (OLD.state || ' ' || NEW.state) <> ALL (ARRAY[
        'QUEUED QUEUED', 'QUEUED SENDING', 'QUEUED REFUSED', 'QUEUED LET_GO',
        'SENDING QUEUED', 'SENDING SENT', 'SENDING REFUSED', 'SENDING UNKNOWN',
        'SENT REFUSED', 'UNKNOWN REFUSED', 'UNKNOWN LET_GO', 'REFUSED LET_GO', 'LET_GO LET_GO']) THEN
        RAISE EXCEPTION 'a mail does not go from % to %', OLD.state, NEW.state USING ERRCODE = 'check_violation';
    END IF;
    NEW.changed_at := ledger.now();
    RETURN NEW;
END $$;
CREATE TRIGGER guard BEFORE UPDATE ON post.outbox FOR EACH ROW EXECUTE FUNCTION post.guard();

-- How far the ledger was followed. What was recorded before mail was turned on is told to nobody.
CREATE TABLE post.followed (
    only_one boolean PRIMARY KEY DEFAULT true CHECK (only_one),
    position bigint NOT NULL
);

-- Choose how one is written to, or, without an address, not to be.
CREATE FUNCTION post.choose(who text, at_address text, at_hour integer, in_zone text, at_once boolean) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = post, pg_temp AS $$
BEGIN
    IF at_address = '' THEN
        DELETE FROM post.choices WHERE staff_id = who;
    ELSE
        INSERT INTO post.choices (staff_id, address, digest_hour, zone, overdue)
        VALUES (who, at_address, at_hour, in_zone, at_once)
        ON CONFLICT (staff_id) DO UPDATE SET address = EXCLUDED.address, digest_hour = EXCLUDED.digest_hour,
            zone = EXCLUDED.zone, overdue = EXCLUDED.overdue, changed_at = ledger.now();
    END IF;
END $$;

-- A person settles what was refused or is in doubt: another mail goes in its place, under an id of its own, or it is let go.
CREATE FUNCTION post.settle(which uuid, in_its_place uuid, who text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = post, pg_temp AS $$
BEGIN
    UPDATE post.outbox SET state = 'LET_GO', settled_by = who WHERE id = which AND state IN ('REFUSED', 'UNKNOWN');
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    IF in_its_place IS NOT NULL THEN
        INSERT INTO post.outbox (id, kind, recipient, facts, again_of)
        SELECT in_its_place, kind, recipient, facts, id FROM post.outbox WHERE id = which;
    END IF;
    RETURN true;
END $$;

GRANT USAGE ON SCHEMA post TO accord_reader;
GRANT SELECT ON post.outbox TO accord_reader;
GRANT SELECT ON post.choices TO accord_post, accord_staff, accord_console;
GRANT DELETE ON post.choices TO accord_post;     -- of whoever left
GRANT INSERT ON post.outbox TO accord_post;
GRANT UPDATE (state, tried, reason, next_at, token) ON post.outbox TO accord_post;
GRANT SELECT, INSERT, UPDATE ON post.followed TO accord_post;
GRANT EXECUTE ON FUNCTION post.choose, post.settle TO accord_staff, accord_console;
-- The addresses of contacts are in the ledger, each under its person's key, which is asked for while a mail to them is sent.
GRANT USAGE ON SCHEMA privacy TO accord_post;
GRANT SELECT ON privacy.people, privacy.mentions, privacy.salt TO accord_post;
RESET ROLE;
