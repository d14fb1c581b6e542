-- Payments: bank details on their own, instructions frozen once, files and the bank's word as the exact bytes they were.
-- What is decided stands in the ledger; these tables hold the bytes, and what finds them.

CREATE SCHEMA payments AUTHORIZATION accord_owner;
SET LOCAL ROLE accord_owner;

CREATE TABLE payments.accounts (
    reference   text        PRIMARY KEY,            -- derived from the content, so the same details are the same account
    sha256      text        NOT NULL UNIQUE,
    details     jsonb       NOT NULL,
    recorded_by text        NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT ledger.now()
);

CREATE TABLE payments.instructions (
    payment_id     uuid        PRIMARY KEY,
    partnership_id text        NOT NULL,
    tranche        integer     NOT NULL,
    attempt        integer     NOT NULL,
    end_to_end_id  text        NOT NULL UNIQUE,
    frozen         bytea       NOT NULL,            -- RFC 8785 bytes of the instruction
    sha256         text        NOT NULL,
    created_at     timestamptz NOT NULL DEFAULT ledger.now(),
    UNIQUE (partnership_id, tranche, attempt)
);

-- A file is made, and then handed over or void; what was handed over may turn out never to have arrived.
CREATE TABLE payments.files (
    message_id    text        PRIMARY KEY,
    content       bytea       NOT NULL,
    sha256        text        NOT NULL,
    payment_count integer     NOT NULL,
    created_at    timestamptz NOT NULL DEFAULT ledger.now(),
    status        text        NOT NULL DEFAULT 'MADE' CHECK (status IN ('MADE', 'HANDED_OVER', 'VOID', 'NEVER_SENT'))
);

CREATE TABLE payments.file_payments (
    message_id text NOT NULL REFERENCES payments.files,
    payment_id uuid NOT NULL REFERENCES payments.instructions,
    PRIMARY KEY (message_id, payment_id)
);
CREATE INDEX file_payments_payment ON payments.file_payments (payment_id);

-- What the bank said: each file as it came, and each of its entries once, by its identity.
CREATE TABLE payments.bank_files (
    sha256   text        PRIMARY KEY,
    name     text        NOT NULL,
    content  bytea       NOT NULL,
    kept_at  timestamptz NOT NULL DEFAULT ledger.now(),
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
    taken_at     timestamptz NOT NULL DEFAULT ledger.now()
);
CREATE INDEX entries_place ON payments.entries (message_id, place, about);
CREATE INDEX entries_booking ON payments.entries (booking);
CREATE INDEX entries_likeness ON payments.entries (likeness);

CREATE TABLE payments.exceptions (
    exception_id uuid        PRIMARY KEY,          -- derived from what was said: the same file raises it once
    kind         text        NOT NULL,
    partnership  text        NOT NULL DEFAULT '',
    file_name    text        NOT NULL,
    reason       text        NOT NULL,
    content      text        NOT NULL,
    raised_at    timestamptz NOT NULL DEFAULT ledger.now(),
    resolved_at  timestamptz
);

-- What was recorded here stays: an instruction is sent once and as it is, an account is replaced, never edited.
CREATE FUNCTION payments.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% of % is refused: what was recorded stays', lower(TG_OP), TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation';
END $$;

CREATE FUNCTION payments.refuse_edit_of_file() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (to_jsonb(NEW) - 'status') <> (to_jsonb(OLD) - 'status')
       OR (OLD.status, NEW.status) NOT IN (('MADE', 'HANDED_OVER'), ('MADE', 'VOID'), ('HANDED_OVER', 'NEVER_SENT')) THEN
        RAISE EXCEPTION 'a payment file stays as it was made: from % it does not become %', OLD.status, NEW.status
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION payments.refuse_edit_of_bank_file() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.taken_at IS NOT NULL
       OR (OLD.sha256, OLD.name, OLD.content, OLD.kept_at) <> (NEW.sha256, NEW.name, NEW.content, NEW.kept_at) THEN
        RAISE EXCEPTION 'a file of the bank''s stays as it came' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER accounts_are_kept BEFORE UPDATE OR DELETE ON payments.accounts
    FOR EACH ROW EXECUTE FUNCTION payments.refuse_change();
CREATE TRIGGER instructions_are_frozen BEFORE UPDATE ON payments.instructions
    FOR EACH ROW EXECUTE FUNCTION payments.refuse_change();
CREATE TRIGGER instructions_are_kept BEFORE DELETE ON payments.instructions
    FOR EACH ROW EXECUTE FUNCTION payments.refuse_change();
CREATE TRIGGER files_move_forward BEFORE UPDATE ON payments.files
    FOR EACH ROW EXECUTE FUNCTION payments.refuse_edit_of_file();
CREATE TRIGGER files_are_kept BEFORE DELETE ON payments.files
    FOR EACH ROW EXECUTE FUNCTION payments.refuse_change();
CREATE TRIGGER file_payments_are_kept BEFORE UPDATE OR DELETE ON payments.file_payments
    FOR EACH ROW EXECUTE FUNCTION payments.refuse_change();
CREATE TRIGGER bank_files_stay BEFORE UPDATE ON payments.bank_files
    FOR EACH ROW EXECUTE FUNCTION payments.refuse_edit_of_bank_file();
CREATE TRIGGER bank_files_are_kept BEFORE DELETE ON payments.bank_files
    FOR EACH ROW EXECUTE FUNCTION payments.refuse_change();
CREATE TRIGGER entries_are_kept BEFORE UPDATE OR DELETE ON payments.entries
    FOR EACH ROW EXECUTE FUNCTION payments.refuse_change();
CREATE TRIGGER exceptions_are_kept BEFORE DELETE ON payments.exceptions
    FOR EACH ROW EXECUTE FUNCTION payments.refuse_change();

-- Who decides puts the details of an account here, and can do nothing else: only its reference and its hash travel.
CREATE FUNCTION payments.record_account(reference text, sha256 text, details jsonb, recorded_by text) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    INSERT INTO payments.accounts (reference, sha256, details, recorded_by) VALUES ($1, $2, $3, $4)
        ON CONFLICT (reference) DO NOTHING
$$;
REVOKE ALL ON FUNCTION payments.record_account FROM PUBLIC;

GRANT USAGE ON SCHEMA payments TO accord_worker, accord_staff, accord_exporter, accord_importer, accord_emergency;
GRANT SELECT ON ALL TABLES IN SCHEMA payments
    TO accord_worker, accord_staff, accord_exporter, accord_importer, accord_emergency;
GRANT EXECUTE ON FUNCTION payments.record_account TO accord_staff;
GRANT INSERT ON payments.instructions TO accord_worker;
GRANT INSERT ON payments.files, payments.file_payments TO accord_exporter;
GRANT UPDATE (status) ON payments.files TO accord_exporter;
GRANT INSERT ON payments.bank_files TO accord_importer, accord_exporter;  -- who says never-sent keeps the bank's word
GRANT UPDATE (taken_at) ON payments.bank_files TO accord_importer;
GRANT INSERT ON payments.entries, payments.exceptions TO accord_importer;
GRANT UPDATE (resolved_at) ON payments.exceptions TO accord_importer;
RESET ROLE;
