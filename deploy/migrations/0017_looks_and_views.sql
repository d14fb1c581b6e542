-- The worker reads the access log, whose digest it puts into the ledger once a day is over. People keep views by name.

SET LOCAL ROLE accord_owner;
GRANT USAGE ON SCHEMA console TO accord_worker;
GRANT SELECT ON console.looks TO accord_worker;
CREATE INDEX looks_of_subjects ON console.looks (subject, number);

-- Filters of the page of work that a person keeps under a name.
CREATE TABLE console.views (
    staff_id text NOT NULL,
    name     text NOT NULL CHECK (length(name) BETWEEN 1 AND 60),
    query    text NOT NULL CHECK (length(query) <= 8000),
    PRIMARY KEY (staff_id, name)
);
GRANT SELECT, INSERT, UPDATE, DELETE ON console.views TO accord_console;
RESET ROLE;
