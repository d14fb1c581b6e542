-- What waits for whom and by when, for `accord notifier`: ids and codes, no names. Folded by domain/partnership/notices.py.

SET LOCAL ROLE accord_owner;

CREATE VIEW read_model.notices AS
    SELECT n.*, d.position
      FROM read_model.documents d,
           jsonb_to_recordset(d.document -> 'notices') AS n(
               notice_id uuid, partnership_id text, kind text, what text, role text, due timestamptz, command text)
     WHERE d.name = 'partnerships' AND d.document ? 'notices';

-- A proposed change of the directory waits for another guardian until it is confirmed. What it holds is text to this view:
-- nothing that anybody appends makes it fail, and what nobody signed is not told.
CREATE VIEW read_model.pending_changes AS
    WITH said AS (
        SELECT event_type, position, convert_from(payload, 'UTF8')::jsonb AS content
          FROM ledger.events
         WHERE stream_id = 'directory' AND event_type IN ('DirectoryChangeProposed', 'DirectoryChangeConfirmed'))
    SELECT p.content ->> 'change_id' AS change_id, p.position
      FROM said p
     WHERE p.event_type = 'DirectoryChangeProposed' AND p.content ? 'signature'
       AND p.content ->> 'change_id' ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'
       AND NOT EXISTS (SELECT FROM said c
                        WHERE c.event_type = 'DirectoryChangeConfirmed'
                          AND c.content ->> 'change_id' = p.content ->> 'change_id');

GRANT SELECT ON read_model.notices, read_model.pending_changes TO accord_reader;
RESET ROLE;
