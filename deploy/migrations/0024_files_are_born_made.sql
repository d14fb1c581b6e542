-- A payment file is born MADE: whether it left, nobody says by a row.

SET LOCAL ROLE accord_owner;
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
RESET ROLE;
