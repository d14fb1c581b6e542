-- Two who record the same account at once meet in either unique index: neither of them is an error.
CREATE OR REPLACE FUNCTION payments.record_account(reference text, sha256 text, details jsonb, recorded_by text)
RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    INSERT INTO payments.accounts (reference, sha256, details, recorded_by) VALUES ($1, $2, $3, $4)
        ON CONFLICT DO NOTHING
$$;
