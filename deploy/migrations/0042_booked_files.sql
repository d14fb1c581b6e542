-- The entries of the bank's files that book a payment file of ours as a whole. Their file is the proof: a line only says where to look again
-- once a payment of ours was rejected, and saves a look at what was heard.

SET LOCAL ROLE accord_owner;
CREATE TABLE payments.booked_files (
    file_sha256 text    NOT NULL REFERENCES payments.bank_files,
    place       text    NOT NULL,                  -- of the entry in the message
    message_id  text    NOT NULL,                  -- of our payment file
    is_heard    boolean NOT NULL DEFAULT false,    -- each of its payments heard it, so that nobody looks again
    PRIMARY KEY (file_sha256, place)
);
CREATE INDEX booked_files_open ON payments.booked_files (message_id) WHERE NOT is_heard;
GRANT SELECT ON payments.booked_files
    TO accord_worker, accord_staff, accord_exporter, accord_importer, accord_emergency;
GRANT INSERT, UPDATE (is_heard) ON payments.booked_files TO accord_importer;

-- Who looks after an entry that nothing explains. It moves nothing and counts for nothing: who explains the entry signs that.
CREATE TABLE payments.entry_owners (
    number      bigint      PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    entry_id    uuid        NOT NULL,              -- of the entry, as in payments.stated_entries
    owner       text        NOT NULL,              -- a person of the directory, or nobody, which is the role of finance again
    assigned_by text        NOT NULL,
    assigned_at timestamptz NOT NULL DEFAULT ledger.now()
);
CREATE INDEX entry_owners_entry ON payments.entry_owners (entry_id, number);
CREATE TRIGGER entry_owners_are_kept BEFORE UPDATE OR DELETE ON payments.entry_owners
    FOR EACH ROW EXECUTE FUNCTION payments.refuse_change();
GRANT SELECT ON payments.entry_owners TO accord_worker, accord_staff, accord_exporter, accord_importer, accord_emergency;
GRANT INSERT ON payments.entry_owners TO accord_importer;
RESET ROLE;
