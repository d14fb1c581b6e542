-- Whom the ledger names, and the key that each of them is sealed under. Kept apart from the ledger: dump it separately,
-- and keep its dumps no longer than an erasure may take to be complete.

CREATE SCHEMA privacy AUTHORIZATION accord_owner;
SET LOCAL ROLE accord_owner;

CREATE TABLE privacy.people (
    person    uuid PRIMARY KEY,                        -- chance, so that it says nothing of them once the rest is gone
    subject   bytea UNIQUE,                            -- the digest of what tells them from others: their name, and where
    sealed    text,                                    -- the same, sealed under their key: no name stands here in clear
    key       bytea CHECK (octet_length(key) = 64),
    erased_at timestamptz,
    CHECK ((erased_at IS NULL) = (subject IS NOT NULL) AND (erased_at IS NULL) = (key IS NOT NULL)
           AND (erased_at IS NULL) = (sealed IS NOT NULL))
);

-- What the digests are made with, so that nobody who holds only them finds a name by trying.
CREATE TABLE privacy.salt (salt bytea NOT NULL);
INSERT INTO privacy.salt SELECT sha256(convert_to(gen_random_uuid()::text || gen_random_uuid()::text, 'UTF8'));

CREATE TABLE privacy.mentions (
    person    uuid NOT NULL REFERENCES privacy.people,
    stream_id text NOT NULL,
    PRIMARY KEY (person, stream_id)
);

-- The people of an append, each with their key; whoever is new gets the fresh one. Waits for an erasure that is under way.
CREATE FUNCTION privacy.known(
    stream text, subjects bytea[], fresh_people uuid[], fresh_keys bytea[], fresh_sealed text[]
) RETURNS TABLE (subject bytea, person uuid, key bytea)
LANGUAGE sql SECURITY DEFINER SET search_path = privacy, pg_temp AS $$
    INSERT INTO privacy.people (subject, person, key, sealed)
    SELECT * FROM unnest(subjects, fresh_people, fresh_keys, fresh_sealed) AS fresh(subject, person, key, sealed)
    ORDER BY 1
    ON CONFLICT (subject) DO NOTHING;
    INSERT INTO privacy.mentions (person, stream_id)
    SELECT p.person, stream FROM (SELECT p.person FROM privacy.people p WHERE p.subject = ANY (subjects)
                                   ORDER BY p.subject FOR SHARE) p
    ON CONFLICT DO NOTHING;
    SELECT p.subject, p.person, p.key FROM privacy.people p WHERE p.subject = ANY (subjects);
$$;

-- Destroy a person's key, if they are named in those streams and no others.
CREATE FUNCTION privacy.destroy(wanted uuid, streams text[]) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = privacy, pg_temp AS $$
BEGIN
    PERFORM FROM privacy.people WHERE person = wanted AND erased_at IS NULL FOR UPDATE;
    IF NOT FOUND OR EXISTS (SELECT FROM privacy.mentions WHERE person = wanted AND stream_id <> ALL (streams)) THEN
        RETURN false;
    END IF;
    UPDATE privacy.people SET subject = NULL, sealed = NULL, key = NULL, erased_at = ledger.now() WHERE person = wanted;
    RETURN true;
END $$;

-- Write anew the tables that held a name or its key: what was deleted stays in its page otherwise. In a transaction of its
-- own, after the erasure: what that one deleted is not dead before it ends.
CREATE FUNCTION privacy.rewrite() RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    CLUSTER privacy.people USING people_pkey;
    CLUSTER projection.documents USING documents_pkey;
END $$;

GRANT USAGE ON SCHEMA privacy
    TO accord_worker, accord_staff, accord_exporter, accord_importer, accord_projector, accord_emergency;
GRANT SELECT ON privacy.people, privacy.mentions, privacy.salt
    TO accord_worker, accord_staff, accord_exporter, accord_importer, accord_projector, accord_emergency;
GRANT EXECUTE ON FUNCTION privacy.known
    TO accord_worker, accord_staff, accord_exporter, accord_importer, accord_emergency;
GRANT EXECUTE ON FUNCTION privacy.destroy, privacy.rewrite TO accord_staff;
RESET ROLE;
