-- The worker reads the access log, whose digest it puts into the ledger once a day is over.

SET LOCAL ROLE accord_owner;
GRANT USAGE ON SCHEMA console TO accord_worker;
GRANT SELECT ON console.looks TO accord_worker;
CREATE INDEX looks_of_subjects ON console.looks (subject, number);
RESET ROLE;
