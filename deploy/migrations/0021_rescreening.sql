-- Re-screening asks a read model for the partnerships that are open and were verified, in the order of their streams.
SET LOCAL ROLE accord_owner;
CREATE INDEX documents_asked ON projection.documents (generation, stream_id)
    WHERE name = 'rescreening' AND document ? 'asked';

-- A read model that is folded anew, stream by stream: who is cut off goes on with the streams that are still forgotten.
ALTER TABLE projection.checkpoints ADD COLUMN rebuilding boolean NOT NULL DEFAULT false;
RESET ROLE;
