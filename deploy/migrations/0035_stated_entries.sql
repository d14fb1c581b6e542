-- The booked entries of the bank's statements of account, one line for each payment in them, found by the statement. The file beside them is
-- the proof. A line says nothing of whom the money is from: that stands in the file.

SET LOCAL ROLE accord_owner;
CREATE TABLE payments.stated_entries (
    file_sha256    text    NOT NULL REFERENCES payments.bank_files,
    statement      text    NOT NULL,              -- its place in the message
    place          text    NOT NULL,              -- of the entry's payment in the message
    entry_id       uuid    NOT NULL,              -- the identity of the booking, as in payments.entries
    amount         numeric NOT NULL,              -- below zero for a debit
    currency       text    NOT NULL,
    booked_on      date,                          -- where the entry says it
    about          text    NOT NULL,              -- the payment or the partnership that it names
    partnership_id text    NOT NULL,
    keys           text[]  NOT NULL,              -- of the bank's own reference of the entry
    reference_keys text[]  NOT NULL,              -- by which people may have recorded it
    batch          text    NOT NULL,              -- the payment file that it is as a whole
    is_charge      boolean NOT NULL,
    words          text    NOT NULL,              -- the bank's reference of it, or ours
    reason         text    NOT NULL,              -- why it is not taken as it stands
    PRIMARY KEY (file_sha256, statement, place)
);
CREATE INDEX stated_entries_entry ON payments.stated_entries (entry_id);
CREATE TRIGGER stated_entries_are_kept BEFORE UPDATE OR DELETE ON payments.stated_entries
    FOR EACH ROW EXECUTE FUNCTION payments.refuse_change();
GRANT SELECT ON payments.stated_entries
    TO accord_worker, accord_staff, accord_exporter, accord_importer, accord_emergency;
GRANT INSERT ON payments.stated_entries TO accord_importer;
RESET ROLE;
