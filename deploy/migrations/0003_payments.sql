-- Payments: bank details on their own, instructions frozen once, files stored as the exact bytes that were sent.

CREATE SCHEMA payments;

CREATE TABLE payments.accounts (
    reference   text        PRIMARY KEY,            -- derived from the content, so the same details are the same account
    sha256      text        NOT NULL UNIQUE,
    details     jsonb       NOT NULL,
    recorded_by text        NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE TABLE payments.files (
    message_id    text        PRIMARY KEY,
    content       bytea       NOT NULL,
    sha256        text        NOT NULL,
    payment_count integer     NOT NULL,
    created_at    timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE TABLE payments.instructions (
    payment_id     uuid        PRIMARY KEY,
    partnership_id text        NOT NULL,
    tranche        integer     NOT NULL,
    attempt        integer     NOT NULL,
    end_to_end_id  text        NOT NULL UNIQUE,
    frozen         bytea       NOT NULL,            -- RFC 8785 bytes of the instruction
    sha256         text        NOT NULL,
    created_at     timestamptz NOT NULL DEFAULT clock_timestamp(),
    message_id     text        REFERENCES payments.files,
    UNIQUE (partnership_id, tranche, attempt)
);
CREATE INDEX instructions_to_send ON payments.instructions (created_at) WHERE message_id IS NULL;

CREATE TABLE payments.answers (
    answer_id   uuid        PRIMARY KEY,            -- derived from the bank's message and entry
    payment_id  uuid        REFERENCES payments.instructions,
    answer      jsonb       NOT NULL,
    imported_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    delivered_at timestamptz                        -- when the workflow was told
);

CREATE TABLE payments.exceptions (
    exception_id uuid        PRIMARY KEY,           -- derived likewise: the same file raises it once
    file_name    text        NOT NULL,
    reason       text        NOT NULL,
    content      text        NOT NULL,
    raised_at    timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- What was recorded here stays: an instruction is sent once and as it is, an account is replaced, never edited.
CREATE FUNCTION payments.refuse_change() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% of % is refused: what was recorded stays', lower(TG_OP), TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation';
END $$;

CREATE FUNCTION payments.refuse_edit_of_instruction() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.message_id IS NOT NULL OR (to_jsonb(NEW) - 'message_id') <> (to_jsonb(OLD) - 'message_id') THEN
        RAISE EXCEPTION 'an instruction is frozen: only its file may be named, and only once'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER accounts_are_kept BEFORE UPDATE OR DELETE ON payments.accounts
    FOR EACH ROW EXECUTE FUNCTION payments.refuse_change();
CREATE TRIGGER files_are_kept BEFORE UPDATE OR DELETE ON payments.files
    FOR EACH ROW EXECUTE FUNCTION payments.refuse_change();
CREATE TRIGGER instructions_are_frozen BEFORE UPDATE ON payments.instructions
    FOR EACH ROW EXECUTE FUNCTION payments.refuse_edit_of_instruction();
CREATE TRIGGER instructions_are_kept BEFORE DELETE ON payments.instructions
    FOR EACH ROW EXECUTE FUNCTION payments.refuse_change();
