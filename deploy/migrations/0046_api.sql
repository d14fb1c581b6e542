-- The HTTP API: its process answers programs that read with a token. It reads what it answers with, and writes nothing. Names of people
-- stay sealed to it: it reads no key of theirs.

DO $$
BEGIN
    CREATE ROLE accord_api NOLOGIN;  -- no member of accord_reader: what it reads is named here
EXCEPTION WHEN duplicate_object OR unique_violation THEN
    NULL;  -- roles belong to the whole server; another database made it
END $$;

GRANT USAGE ON SCHEMA accord TO accord_api;
GRANT SELECT ON accord.migrations TO accord_api;

SET LOCAL ROLE accord_owner;
GRANT USAGE ON SCHEMA ledger TO accord_api;
GRANT SELECT ON ledger.events, ledger.nodes TO accord_api;
RESET ROLE;
