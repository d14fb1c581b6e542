-- A mark says that somebody was erased, so it stands in the ledger only as the encrypted text of a person whose key lives; a
-- key is destroyed only once two approvals of exactly that are recorded; nobody writes large objects.

SET LOCAL ROLE accord_owner;

-- Refuse a mark that is none of an encrypted text of somebody whose key lives and whom that stream names: raw or as JSON
-- escapes it, in a value, a key or beside the payload. Waits for an erasure that is under way, and makes one wait.
CREATE FUNCTION privacy.check_marks(stream_ids text[], payloads bytea[], metas bytea[]) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    mark constant bytea := '\xe29fa6';
    escape constant bytea := '\x5c753237';  -- \u27, which every spelling of the mark in JSON begins with
    escaped constant text := '(?<!\\)(\\\\)*\\u27[eE]6';
    encrypted constant text := '⟦([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}):[A-Za-z0-9_-]+⟧';
    content text;
    event record;
BEGIN
    FOR event IN
        SELECT e.stream_id, e.payload, e.meta FROM unnest(stream_ids, payloads, metas) e(stream_id, payload, meta)
         WHERE position(mark IN e.payload) > 0 OR position(escape IN e.payload) > 0
            OR position(mark IN e.meta) > 0 OR position(escape IN e.meta) > 0
    LOOP
        content := convert_from(event.payload, 'UTF8');
        IF content ~ escaped OR strpos(regexp_replace(content, encrypted, '', 'g'), '⟦') > 0
           OR content ~ '⟧([^"\\]|\\.)*"\s*:'
           OR position(mark IN event.meta) > 0 OR convert_from(event.meta, 'UTF8') ~ escaped THEN
            RAISE EXCEPTION 'the sign ⟦ stands for encrypted names alone, and not so in an event on %', event.stream_id
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        PERFORM privacy.require_living(event.stream_id, ARRAY(
            SELECT DISTINCT m[1]::uuid FROM regexp_matches(content, encrypted, 'g') r(m) ORDER BY 1));
    END LOOP;
END $$;

-- Who appends has encrypted their names a moment before: whose key is gone by now is encrypted again when it is tried again.
CREATE FUNCTION privacy.require_living(stream text, wanted uuid[]) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM FROM privacy.people p JOIN privacy.mentions m USING (person)
      WHERE p.person = ANY (wanted) AND p.erased_at IS NULL AND m.stream_id = stream
      ORDER BY p.person FOR SHARE OF p;
    IF cardinality(wanted) > (SELECT count(*) FROM privacy.people p JOIN privacy.mentions m USING (person)
                               WHERE p.person = ANY (wanted) AND p.erased_at IS NULL AND m.stream_id = stream) THEN
        RAISE EXCEPTION 'an event on % bears an encrypted name of nobody whose key lives and whom it names', stream
            USING ERRCODE = 'lock_not_available', HINT = 'if they were erased meanwhile, try again';
    END IF;
END $$;

-- The tables that held a key are written anew once after each erasure; when that was last done.
CREATE TABLE privacy.rewritten (at timestamptz NOT NULL);
INSERT INTO privacy.rewritten SELECT coalesce(max(erased_at), '-infinity') FROM privacy.people;

-- What shells of an earlier release call.
CREATE OR REPLACE FUNCTION privacy.destroy(wanted uuid, streams text[]) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'an erasure lists the events that it blanks: give it with this release of Accord'
        USING ERRCODE = 'insufficient_privilege';
END $$;

-- Destroy a person's key, if two approvals of it are recorded, and if they are named in those streams and no others, and in no
-- event after a position. The signatures of the approvals are verified by whoever calls this: a login that may call it
-- records none.
CREATE FUNCTION privacy.destroy(wanted uuid, streams text[], seen bigint) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM FROM privacy.people WHERE person = wanted AND erased_at IS NULL FOR UPDATE;
    IF NOT FOUND OR EXISTS (SELECT FROM privacy.mentions m WHERE m.person = wanted AND m.stream_id <> ALL (streams))
       OR EXISTS (SELECT FROM ledger.events e WHERE e.stream_id = ANY (streams) AND e.position > seen
                     AND position(convert_to('⟦' || wanted || ':', 'UTF8') IN e.payload) > 0) THEN
        RETURN false;
    END IF;
    IF 2 > (SELECT count(DISTINCT e.payload ->> 'actor') FROM ledger.readable e
             WHERE e.stream_id = 'privacy' AND e.event_type = 'ErasureApproved'
               AND e.payload ->> 'person' = wanted::text AND jsonb_typeof(e.payload -> 'events') = 'array') THEN
        RAISE EXCEPTION 'no two guardians approved it: a key is destroyed only by an erasure on record'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    UPDATE privacy.people SET subject = NULL, sealed = NULL, key = NULL, erased_at = ledger.now() WHERE person = wanted;
    RETURN true;
END $$;

-- Whether a key was destroyed since the tables were last written anew.
CREATE FUNCTION privacy.rewrite_is_due() RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT EXISTS (SELECT FROM privacy.people p, privacy.rewritten r WHERE p.erased_at > r.at)
$$;

-- Lines and words name people as documents do, so they are written anew with them, once no projector is at work; words are gathered
-- from the lines that are left. What the server knows of their words by statistics goes too, and what waits to be signed.
ALTER TABLE projection.documents ALTER COLUMN document SET STATISTICS 0;
CREATE FUNCTION privacy.write_anew() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    projected text;
BEGIN
    FOR projected IN SELECT DISTINCT name FROM projection.checkpoints ORDER BY name LOOP
        PERFORM pg_advisory_xact_lock(hashtextextended('projection.' || projected, 0));
    END LOOP;
    LOCK TABLE projection.documents, projection.lines, projection.words IN ACCESS EXCLUSIVE MODE;
    TRUNCATE console.prepared, projection.words;
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

-- It holds everybody up, so it is done where an erasure asks for it, and once.
CREATE OR REPLACE FUNCTION privacy.rewrite() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF privacy.rewrite_is_due() THEN
        PERFORM privacy.write_anew();
        UPDATE privacy.rewritten SET at = (SELECT max(erased_at) FROM privacy.people);
    END IF;
END $$;

GRANT EXECUTE ON FUNCTION privacy.destroy(uuid, text[], bigint) TO accord_staff;
GRANT EXECUTE ON FUNCTION privacy.rewrite_is_due TO accord_staff;
RESET ROLE;

-- Large objects belong to whoever makes them, stand in no table, and are in every backup. Only a superuser may take these
-- functions from everybody: where another role migrates, whoever runs the server does it (docs/operations.md).
DO $$
DECLARE
    writes text;
BEGIN
    IF (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
        FOR writes IN SELECT p.oid::regprocedure FROM pg_proc p
                       WHERE p.pronamespace = 'pg_catalog'::regnamespace
                         AND p.proname ~ '^(lo_(creat|create|from_bytea|import|put|truncate|truncate64|unlink|open)|lowrite)$'
        LOOP
            EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', writes);
        END LOOP;
    END IF;
END $$;
