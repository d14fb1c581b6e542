-- Mail after a restore: the follower notes in which epoch it followed. In another one it may be that an earlier timeline sent
-- what is to be sent, so that is in doubt. And each member of staff is written to in a language of their own.

SET LOCAL ROLE accord_owner;

ALTER TABLE post.followed ADD COLUMN epoch integer;  -- the ledger's epoch; not noted before this release

ALTER TABLE post.choices ADD COLUMN language text NOT NULL DEFAULT 'en' CHECK (language IN ('en', 'es', 'fr'));

DROP FUNCTION post.choose(text, text, integer, text, boolean);

-- Choose how one is written to, or, without an address, not to be.
CREATE FUNCTION post.choose(
    who text, at_address text, at_hour integer, in_zone text, at_once boolean, in_language text DEFAULT 'en'
) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = post, pg_temp AS $$
BEGIN
    IF at_address = '' THEN
        DELETE FROM post.choices WHERE staff_id = who;
    ELSE
        INSERT INTO post.choices (staff_id, address, digest_hour, zone, overdue, language)
        VALUES (who, at_address, at_hour, in_zone, at_once, in_language)
        ON CONFLICT (staff_id) DO UPDATE SET address = EXCLUDED.address, digest_hour = EXCLUDED.digest_hour,
            zone = EXCLUDED.zone, overdue = EXCLUDED.overdue, language = EXCLUDED.language, changed_at = ledger.now();
    END IF;
END $$;
GRANT EXECUTE ON FUNCTION post.choose TO accord_staff, accord_console;

-- As before, and what waits to be sent can come into doubt: the ledger was put back to a time before it may have been sent.
CREATE OR REPLACE FUNCTION post.guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.id, NEW.kind, NEW.recipient, NEW.facts, NEW.queued_at, NEW.again_of)
       IS DISTINCT FROM (OLD.id, OLD.kind, OLD.recipient, OLD.facts, OLD.queued_at, OLD.again_of) THEN
        RAISE EXCEPTION 'a mail that is queued is not changed' USING ERRCODE = 'check_violation';
    END IF;
    IF (OLD.state || ' ' || NEW.state) <> ALL (ARRAY[
        'QUEUED QUEUED', 'QUEUED SENDING', 'QUEUED REFUSED', 'QUEUED LET_GO', 'QUEUED UNKNOWN',
        'SENDING QUEUED', 'SENDING SENT', 'SENDING REFUSED', 'SENDING UNKNOWN',
        'SENT REFUSED', 'UNKNOWN REFUSED', 'UNKNOWN LET_GO', 'REFUSED LET_GO', 'LET_GO LET_GO']) THEN
        RAISE EXCEPTION 'a mail does not go from % to %', OLD.state, NEW.state USING ERRCODE = 'check_violation';
    END IF;
    NEW.changed_at := ledger.now();
    RETURN NEW;
END $$;

RESET ROLE;
