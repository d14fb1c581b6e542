-- The last mile: a file leaves Accord only by its hand-over, and no word of the bank is lost.
-- What is decided stands in the ledger; these tables hold the bytes, and what finds them.

-- A file is made, and then handed over or void; what was handed over may turn out never to have arrived.
ALTER TABLE payments.files ADD COLUMN status text NOT NULL DEFAULT 'MADE'
    CHECK (status IN ('MADE', 'HANDED_OVER', 'VOID', 'NEVER_SENT'));

CREATE TABLE payments.file_payments (
    message_id text NOT NULL REFERENCES payments.files,
    payment_id uuid NOT NULL REFERENCES payments.instructions,
    PRIMARY KEY (message_id, payment_id)
);
CREATE INDEX file_payments_payment ON payments.file_payments (payment_id);
INSERT INTO payments.file_payments SELECT message_id, payment_id FROM payments.instructions WHERE message_id IS NOT NULL;

DROP TRIGGER instructions_are_frozen ON payments.instructions;
DROP FUNCTION payments.refuse_edit_of_instruction;
DROP INDEX payments.instructions_to_send;
ALTER TABLE payments.instructions DROP COLUMN message_id;

CREATE FUNCTION payments.refuse_edit_of_file() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF (to_jsonb(NEW) - 'status') <> (to_jsonb(OLD) - 'status')
       OR (OLD.status, NEW.status) NOT IN (('MADE', 'HANDED_OVER'), ('MADE', 'VOID'), ('HANDED_OVER', 'NEVER_SENT')) THEN
        RAISE EXCEPTION 'a payment file stays as it was made: from % it does not become %', OLD.status, NEW.status
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;

DROP TRIGGER files_are_kept ON payments.files;
CREATE TRIGGER files_move_forward BEFORE UPDATE ON payments.files
    FOR EACH ROW EXECUTE FUNCTION payments.refuse_edit_of_file();
CREATE TRIGGER files_are_kept BEFORE DELETE ON payments.files
    FOR EACH ROW EXECUTE FUNCTION payments.refuse_change();
CREATE TRIGGER instructions_are_frozen BEFORE UPDATE ON payments.instructions
    FOR EACH ROW EXECUTE FUNCTION payments.refuse_change();
CREATE TRIGGER file_payments_are_kept BEFORE UPDATE OR DELETE ON payments.file_payments
    FOR EACH ROW EXECUTE FUNCTION payments.refuse_change();

-- What the bank said: each file as it came, and each of its entries once, by its identity.
DROP TABLE payments.answers;

CREATE TABLE payments.bank_files (
    sha256   text        PRIMARY KEY,
    name     text        NOT NULL,
    content  bytea       NOT NULL,
    kept_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    taken_at timestamptz                           -- when every entry of it had been taken; until then it is gone on with
);

CREATE TABLE payments.entries (
    entry_id     uuid        PRIMARY KEY,          -- of a booking: account, servicer's reference, detail; of a status: what it says
    file_sha256  text        NOT NULL REFERENCES payments.bank_files,
    message_id   text        NOT NULL,             -- the bank's own name of the message, which it may use again
    place        text        NOT NULL,             -- of the entry in the message
    about        text        NOT NULL,             -- the payment or partnership it speaks of, where that is known
    digest       text        NOT NULL,             -- of all that it says
    referenced   boolean     NOT NULL,             -- whether the bank gave it a reference of its own
    booking      text        NOT NULL,             -- of account, reference and direction, whatever detail is told
    likeness     text        NOT NULL,             -- of amount, day and whose it is: what may be the same without a reference
    exception_id uuid,                             -- where a person must look; otherwise the ledger holds its event
    taken_at     timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX entries_place ON payments.entries (message_id, place, about);
CREATE INDEX entries_booking ON payments.entries (booking);
CREATE INDEX entries_likeness ON payments.entries (likeness);

DROP TABLE payments.exceptions;
CREATE TABLE payments.exceptions (
    exception_id uuid        PRIMARY KEY,          -- derived from what was said: the same file raises it once
    kind         text        NOT NULL,
    partnership  text        NOT NULL DEFAULT '',
    file_name    text        NOT NULL,
    reason       text        NOT NULL,
    content      text        NOT NULL,
    raised_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
    resolved_at  timestamptz
);

CREATE FUNCTION payments.refuse_edit_of_bank_file() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.taken_at IS NOT NULL
       OR (OLD.sha256, OLD.name, OLD.content, OLD.kept_at) <> (NEW.sha256, NEW.name, NEW.content, NEW.kept_at) THEN
        RAISE EXCEPTION 'a file of the bank''s stays as it came' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER bank_files_stay BEFORE UPDATE ON payments.bank_files
    FOR EACH ROW EXECUTE FUNCTION payments.refuse_edit_of_bank_file();
CREATE TRIGGER bank_files_are_kept BEFORE DELETE ON payments.bank_files
    FOR EACH ROW EXECUTE FUNCTION payments.refuse_change();
CREATE TRIGGER entries_are_kept BEFORE UPDATE OR DELETE ON payments.entries
    FOR EACH ROW EXECUTE FUNCTION payments.refuse_change();
CREATE TRIGGER exceptions_are_kept BEFORE DELETE ON payments.exceptions
    FOR EACH ROW EXECUTE FUNCTION payments.refuse_change();

-- The versions in force, kept in force until the transaction that asked has ended. One that is being replaced at this
-- moment is left out, so that nobody waits for a load while holding the append lock.
CREATE FUNCTION registers.hold_in_force() RETURNS TABLE (version integer)
LANGUAGE sql SECURITY DEFINER SET search_path = registers, pg_temp AS $$
    SELECT v.version FROM registers.versions v WHERE v.state = 'IN_FORCE' ORDER BY v.version FOR SHARE SKIP LOCKED
$$;
REVOKE ALL ON FUNCTION registers.hold_in_force FROM PUBLIC;

GRANT SELECT, INSERT ON payments.file_payments, payments.bank_files, payments.entries, payments.exceptions TO accord_payer;
GRANT UPDATE (status) ON payments.files TO accord_payer;
GRANT UPDATE (taken_at) ON payments.bank_files TO accord_payer;
GRANT UPDATE (resolved_at) ON payments.exceptions TO accord_payer;
GRANT USAGE ON SCHEMA registers TO accord_payer;
GRANT EXECUTE ON FUNCTION registers.hold_in_force TO accord_payer;
