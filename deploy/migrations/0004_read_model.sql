-- Read models laid out for people who read with SQL. What they show is folded by records/read_models/, one document per stream.

CREATE SCHEMA read_model AUTHORIZATION accord_owner;
SET LOCAL ROLE accord_owner;

CREATE VIEW read_model.documents AS
    SELECT d.name, d.stream_id, split_part(d.stream_id, '/', 2) AS partnership_id, d.version, d.position, d.document
      FROM projection.documents d JOIN projection.checkpoints c USING (name, generation) WHERE c.live;

CREATE VIEW read_model.portfolio AS
    SELECT d.partnership_id, p.*, d.version, d.position
      FROM read_model.documents d,
           jsonb_to_record(d.document -> 'portfolio') AS p(
               title text, partner text, country text, funder text, amount numeric, currency text,
               paid_or_in_flight numeric, stage text, on_hold boolean, next_step text, due timestamptz)
     WHERE d.name = 'partnerships' AND d.document ? 'portfolio';

CREATE VIEW read_model.work_queue AS
    SELECT w.role, d.partnership_id, w.step, w.due
      FROM read_model.documents d,
           jsonb_to_recordset(d.document -> 'work') AS w(role text, step text, due timestamptz)
     WHERE d.name = 'partnerships' AND d.document ? 'work';

CREATE VIEW read_model.obligations AS
    SELECT o.due, d.partnership_id, o.kind, o.what
      FROM read_model.documents d,
           jsonb_to_recordset(d.document -> 'obligations') AS o(due date, kind text, what text)
     WHERE d.name = 'partnerships' AND d.document ? 'obligations';

CREATE VIEW read_model.payments AS
    SELECT p.*
      FROM read_model.documents d,
           jsonb_to_record(d.document -> 'payment') AS p(
               partnership_id text, tranche integer, attempt integer, amount numeric, currency text, payee text,
               released_by text, released_at timestamptz, status text, end_to_end_id text, reason text)
     WHERE d.name = 'partnerships' AND d.document ? 'payment';

CREATE VIEW read_model.timeline AS
    SELECT d.partnership_id, d.stream_id, t.*
      FROM read_model.documents d,
           jsonb_to_recordset(d.document -> 'entries') AS t(
               position bigint, version integer, at timestamptz, recorded_at timestamptz, event text, actor text,
               signed boolean)
     WHERE d.name = 'timeline';

GRANT USAGE ON SCHEMA read_model TO accord_reader;
GRANT SELECT ON ALL TABLES IN SCHEMA read_model TO accord_reader;
RESET ROLE;
