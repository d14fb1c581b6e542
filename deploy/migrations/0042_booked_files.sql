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
RESET ROLE;
