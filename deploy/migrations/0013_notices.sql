-- What waits for whom and by when, for `accord notifier`: ids and codes, no names. Folded by domain/partnership/notices.py.

SET LOCAL ROLE accord_owner;

CREATE VIEW read_model.notices AS
    SELECT n.*, d.position
      FROM read_model.documents d,
           jsonb_to_recordset(d.document -> 'notices') AS n(
               notice_id uuid, partnership_id text, kind text, what text, role text, due timestamptz, command text)
     WHERE d.name = 'partnerships' AND d.document ? 'notices';

-- A proposed change of the directory waits for another guardian until it is confirmed.
CREATE VIEW read_model.pending_changes AS
    SELECT (convert_from(p.payload, 'UTF8')::jsonb ->> 'change_id')::uuid AS change_id, p.position
      FROM ledger.events p
     WHERE p.stream_id = 'directory' AND p.event_type = 'DirectoryChangeProposed'
       AND NOT EXISTS (
           SELECT FROM ledger.events c
            WHERE c.stream_id = 'directory' AND c.event_type = 'DirectoryChangeConfirmed'
              AND convert_from(c.payload, 'UTF8')::jsonb ->> 'change_id'
                  = convert_from(p.payload, 'UTF8')::jsonb ->> 'change_id');

GRANT SELECT ON read_model.notices, read_model.pending_changes TO accord_reader;
RESET ROLE;
