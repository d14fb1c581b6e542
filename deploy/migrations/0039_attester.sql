-- Who attests each night whether events, postings, statements and open workflows agree (ADR 0149). It reads, and writes nothing: its line is a
-- signed file. The people's names are needed to judge signatures, as everybody needs them who folds the book.

DO $$
BEGIN
    CREATE ROLE accord_attester NOLOGIN;
EXCEPTION WHEN duplicate_object OR unique_violation THEN
    NULL;  -- roles belong to the whole server; another database made it
END $$;

GRANT accord_reader TO accord_attester;

SET LOCAL ROLE accord_owner;
GRANT USAGE ON SCHEMA payments, privacy TO accord_attester;
GRANT SELECT (reference, details) ON payments.accounts TO accord_attester;
GRANT SELECT (sha256, content) ON payments.bank_files TO accord_attester;
GRANT SELECT ON payments.account_statements TO accord_attester;
GRANT SELECT ON privacy.people, privacy.mentions, privacy.salt TO accord_attester;
RESET ROLE;
