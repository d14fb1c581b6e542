-- What re-screening asks of a partnership stands beside its document, and is read without it.
SET LOCAL ROLE accord_owner;
ALTER TABLE projection.documents ADD COLUMN asked jsonb GENERATED ALWAYS AS (document -> 'asked') STORED;
ALTER TABLE projection.documents ALTER COLUMN asked SET STATISTICS 0;  -- it names people, as the document does
DROP INDEX projection.documents_asked;
CREATE INDEX documents_asked ON projection.documents (generation, stream_id)
    WHERE name = 'rescreening' AND asked IS NOT NULL;
RESET ROLE;
