-- The HTTP API: its process answers programs that read with a token. It reads what it answers with, and writes nothing but a line of the
-- access log for each list and each file of a bank that it gave away. It reads names with their keys, as lists of an earlier day need
-- them; events it answers as they are stored, sealed.

DO $$
BEGIN
    CREATE ROLE accord_api NOLOGIN;  -- no member of accord_reader: what it reads is named here
EXCEPTION WHEN duplicate_object OR unique_violation THEN
    NULL;  -- roles belong to the whole server; another database made it
END $$;

GRANT USAGE ON SCHEMA accord TO accord_api;
GRANT SELECT ON accord.migrations TO accord_api;

SET LOCAL ROLE accord_owner;
GRANT USAGE ON SCHEMA appending, ledger, projection, read_model, privacy, payments, console TO accord_api;
GRANT SELECT ON appending.rights TO accord_api;  -- which tells a process whether the database is this release's
GRANT SELECT ON ledger.events, ledger.nodes TO accord_api;
GRANT SELECT ON projection.checkpoints, projection.documents, projection.lines, projection.late, projection.words, projection.forgotten,
    projection.quarantine TO accord_api;
GRANT EXECUTE ON FUNCTION
    read_model.lines_query(tsquery, numeric, numeric, text, text, date, text[], text, text),
    read_model.page(text, text, tsquery, text[], numeric, numeric, text, text, date, text[], boolean, integer, text),
    read_model.spelled_out, read_model.quoted
    TO accord_api;
GRANT SELECT ON privacy.people, privacy.mentions, privacy.salt TO accord_api;
GRANT SELECT (sha256, content) ON payments.bank_files TO accord_api;
GRANT EXECUTE ON FUNCTION console.look TO accord_api;
RESET ROLE;
