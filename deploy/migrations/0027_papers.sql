-- Papers: which are kept, each one's key, and for what it was handed in. The papers themselves are sealed in a store outside. Dump
-- this schema apart from the rest, as `privacy`, and keep its dumps no longer than an erasure may take to be complete.

CREATE SCHEMA papers AUTHORIZATION accord_owner;
SET LOCAL ROLE accord_owner;

CREATE TABLE papers.kept (
    digest    bytea PRIMARY KEY CHECK (octet_length(digest) = 32),
    object    text NOT NULL UNIQUE CHECK (object ~ '^[0-9a-f]{2}/[0-9a-f]{62}$'),
    size      bigint NOT NULL CHECK (size BETWEEN 1 AND 26214400),
    kind      text NOT NULL CHECK (kind ~ '^[A-Z]{3,4}$'),
    pages     integer NOT NULL CHECK (pages >= 0),
    verdict   text NOT NULL CHECK (verdict IN ('CLEAN', 'NOT_SCANNED', 'ACTIVE', 'FOUND', 'FAILED')),
    why       text NOT NULL CHECK (length(why) <= 300),
    put_by    text NOT NULL,
    put_at    timestamptz NOT NULL DEFAULT ledger.now(),
    stored_at timestamptz,                             -- a put that broke off before this is no paper, and is put again
    erased_at timestamptz
);

CREATE TABLE papers.keys (
    digest bytea PRIMARY KEY REFERENCES papers.kept,
    key    bytea NOT NULL CHECK (octet_length(key) = 32)
);

CREATE TABLE papers.mentions (
    digest  bytea NOT NULL REFERENCES papers.kept,
    subject text NOT NULL CHECK (length(subject) BETWEEN 1 AND 100),
    put_by  text NOT NULL,
    at      timestamptz NOT NULL DEFAULT ledger.now(),
    PRIMARY KEY (digest, subject)
);
CREATE INDEX mentions_of_subjects ON papers.mentions (subject);

-- Begin to keep a paper that is not stored yet, and return the key to seal it under: of two who begin at once, the first one's.
-- Of a paper that is stored, or was erased, no key is returned.
CREATE FUNCTION papers.begin(
    wanted bytea, fresh_key bytea, fresh_object text, bytes bigint, form text, page_count integer, said text, words text, who text
) RETURNS TABLE (key bytea, object text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO papers.kept (digest, object, size, kind, pages, verdict, why, put_by)
    VALUES (wanted, fresh_object, bytes, form, page_count, said, words, who) ON CONFLICT DO NOTHING;
    IF FOUND THEN
        INSERT INTO papers.keys VALUES (wanted, fresh_key);
    ELSE
        UPDATE papers.kept k SET verdict = said, why = words, pages = page_count
         WHERE k.digest = wanted AND k.stored_at IS NULL AND k.erased_at IS NULL;
    END IF;
    RETURN QUERY SELECT s.key, k.object FROM papers.kept k JOIN papers.keys s USING (digest)
                  WHERE k.digest = wanted AND k.stored_at IS NULL;
END $$;

-- Its object is whole in the store.
CREATE FUNCTION papers.finish(wanted bytea) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    UPDATE papers.kept SET stored_at = ledger.now() WHERE digest = wanted AND stored_at IS NULL AND erased_at IS NULL
$$;

-- Note for what a paper was handed in. Waits for an erasure that is under way; false if it was erased.
CREATE FUNCTION papers.mention(wanted bytea, about text, who text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM FROM papers.kept WHERE digest = wanted AND erased_at IS NULL FOR SHARE;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    INSERT INTO papers.mentions (digest, subject, put_by) VALUES (wanted, about, who) ON CONFLICT DO NOTHING;
    RETURN true;
END $$;

-- The key of one paper, for somebody who looks at it: each is a line of the access log. Of one in which something was found, or whose
-- examination failed, there is none.
CREATE FUNCTION papers.open(wanted bytea, who text) RETURNS bytea
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    wanted_key bytea;
BEGIN
    SELECT s.key INTO wanted_key FROM papers.kept k JOIN papers.keys s USING (digest)
     WHERE k.digest = wanted AND k.stored_at IS NOT NULL AND k.verdict IN ('CLEAN', 'NOT_SCANNED', 'ACTIVE');
    IF wanted_key IS NOT NULL THEN
        PERFORM console.look(who, 'paper ' || encode(wanted, 'hex'));
    END IF;
    RETURN wanted_key;
END $$;

-- The same for a shell that examines again, or stores again what the store lost: whatever the verdict.
CREATE FUNCTION papers.take(wanted bytea, who text) RETURNS bytea
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM console.look(who, 'paper ' || encode(wanted, 'hex'));
    RETURN (SELECT s.key FROM papers.keys s WHERE s.digest = wanted);
END $$;

CREATE FUNCTION papers.judge(wanted bytea, page_count integer, said text, words text) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    UPDATE papers.kept SET verdict = said, why = words, pages = page_count WHERE digest = wanted AND erased_at IS NULL
$$;

-- Destroy the key of a paper that two approved, unless anything but these subjects names it by now. The signatures of the approvals
-- are verified by whoever calls this: a login that may call it records none. No event is appended meanwhile.
CREATE FUNCTION papers.destroy(wanted bytea, subjects text[]) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    named constant bytea := convert_to(encode(wanted, 'hex'), 'UTF8');
BEGIN
    PERFORM ledger.take_append_lock();
    PERFORM FROM papers.kept WHERE digest = wanted AND erased_at IS NULL FOR UPDATE;
    IF NOT FOUND OR EXISTS (SELECT FROM papers.mentions m WHERE m.digest = wanted AND m.subject <> ALL (subjects))
       OR EXISTS (SELECT FROM ledger.events e WHERE position(named IN e.payload) > 0 AND e.stream_id <> 'papers'
                     AND NOT (e.stream_id ~ '^partnership/' AND split_part(e.stream_id, '/', 2) = ANY (subjects))) THEN
        RETURN false;
    END IF;
    IF 2 > (SELECT count(DISTINCT e.payload ->> 'actor') FROM ledger.readable e
             WHERE e.stream_id = 'papers' AND e.event_type = 'PaperErasureApproved'
               AND e.payload ->> 'sha256' = encode(wanted, 'hex')) THEN
        RAISE EXCEPTION 'no two guardians approved it: a key is destroyed only by an erasure on record'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    DELETE FROM papers.keys WHERE digest = wanted;
    UPDATE papers.kept SET erased_at = ledger.now(), why = '' WHERE digest = wanted;
    RETURN true;
END $$;

-- What was deleted stays in its page until the table is written anew.
CREATE FUNCTION papers.rewrite() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    CLUSTER papers.keys USING keys_pkey;
END $$;

GRANT USAGE ON SCHEMA papers TO accord_reader;
GRANT SELECT ON papers.kept, papers.mentions TO accord_reader;
GRANT EXECUTE ON FUNCTION papers.begin, papers.finish, papers.mention, papers.open TO accord_staff, accord_console;
GRANT EXECUTE ON FUNCTION papers.take, papers.judge, papers.destroy, papers.rewrite TO accord_staff;
RESET ROLE;
