-- Payments: an account that two record at once is no error; a file is born MADE, and what files hold can be compared.

SET LOCAL ROLE accord_owner;

-- Two who record the same account at once meet in either unique index: neither of them is an error.
CREATE OR REPLACE FUNCTION payments.record_account(reference text, sha256 text, details jsonb, recorded_by text)
RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    INSERT INTO payments.accounts (reference, sha256, details, recorded_by) VALUES ($1, $2, $3, $4)
        ON CONFLICT DO NOTHING
$$;

-- A payment file is born MADE: whether it left, nobody says by a row.
CREATE FUNCTION payments.refuse_other_birth() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.status <> 'MADE' THEN
        RAISE EXCEPTION 'a payment file is made first: it is not stored as %', NEW.status
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER files_are_born_made BEFORE INSERT ON payments.files
    FOR EACH ROW EXECUTE FUNCTION payments.refuse_other_birth();

-- What a file holds, for whoever compares it with what was signed of it, without the bank details that stand in its bytes.
CREATE FUNCTION payments.stored_files()
RETURNS TABLE (message_id text, status text, sha256 text, holds text, payments uuid[])
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT f.message_id, f.status, f.sha256, encode(pg_catalog.sha256(f.content), 'hex'),
           ARRAY(SELECT p.payment_id FROM payments.file_payments p WHERE p.message_id = f.message_id)
      FROM payments.files f ORDER BY f.created_at, f.message_id
$$;
REVOKE ALL ON FUNCTION payments.stored_files FROM PUBLIC;
GRANT EXECUTE ON FUNCTION payments.stored_files
    TO accord_worker, accord_staff, accord_exporter, accord_importer, accord_emergency, accord_console;
RESET ROLE;
