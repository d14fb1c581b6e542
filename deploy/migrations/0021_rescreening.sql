-- Re-screening asks a read model for the partnerships that are open and were verified, in the order of their streams.
SET LOCAL ROLE accord_owner;
CREATE INDEX documents_asked ON projection.documents (generation, stream_id)
    WHERE name = 'rescreening' AND document ? 'asked';
RESET ROLE;
