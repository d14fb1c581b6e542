-- Read models laid out for people who read with SQL. What they show is folded by read_models/, one document per stream.

CREATE SCHEMA read_model;

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

CREATE INDEX documents_of_partnerships ON projection.documents ((document -> 'portfolio' ->> 'stage'))
    WHERE name = 'partnerships';

DO $$
DECLARE
    shown regclass;
BEGIN
    FOR shown IN SELECT c.oid FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                  WHERE n.nspname = 'read_model' LOOP
        EXECUTE format('ALTER VIEW %s OWNER TO accord_owner', shown);
    END LOOP;
END $$;
ALTER SCHEMA read_model OWNER TO accord_owner;
GRANT USAGE ON SCHEMA read_model TO accord_reader;
GRANT SELECT ON ALL TABLES IN SCHEMA read_model TO accord_reader;

-- A worker appends, reads, folds, seals and freezes payments; it owns nothing and changes nothing that was recorded.
-- Whoever runs one makes a login for it: CREATE ROLE ... LOGIN IN ROLE accord_worker.
GRANT USAGE ON SCHEMA accord, registers TO accord_reader;
GRANT SELECT ON accord.migrations TO accord_reader;
GRANT SELECT ON ALL TABLES IN SCHEMA registers TO accord_reader;
DO $$
BEGIN
    CREATE ROLE accord_worker NOLOGIN INHERIT;
EXCEPTION WHEN duplicate_object OR unique_violation THEN
    NULL;  -- roles belong to the whole server; another database made it
END $$;
GRANT accord_writer, accord_reader, accord_projector, accord_keeper, accord_payer TO accord_worker;
