-- What the bank's statements of account (camt.053) say stood there, found by the account. The file beside it is the proof: a balance counts
-- after it was read there again.

SET LOCAL ROLE accord_owner;
CREATE TABLE payments.account_statements (
    file_sha256 text    NOT NULL REFERENCES payments.bank_files,
    place       text    NOT NULL,              -- in the message
    account     text    NOT NULL,              -- its IBAN or number, letters and digits alone
    bank        text    NOT NULL,              -- the BIC of the bank that keeps it, or empty
    number      integer,                       -- among the statements of the account, where the bank gives one
    opened_on   date    NOT NULL,
    closed_on   date    NOT NULL,
    currency    text    NOT NULL,
    opening     numeric NOT NULL,              -- negative for an overdraft
    closing     numeric NOT NULL,
    PRIMARY KEY (file_sha256, place)
);
CREATE INDEX account_statements_account ON payments.account_statements (account, closed_on);
CREATE TRIGGER account_statements_are_kept BEFORE UPDATE OR DELETE ON payments.account_statements
    FOR EACH ROW EXECUTE FUNCTION payments.refuse_change();
GRANT SELECT ON payments.account_statements
    TO accord_worker, accord_staff, accord_exporter, accord_importer, accord_emergency;
GRANT INSERT ON payments.account_statements TO accord_importer;
RESET ROLE;
