-- Lists: the lines that a read model shows of each stream, in the order of their list, found by their terms. A line that was
-- shown at the end of a day stays for those who ask for that day. Which lines there are is folded with the documents.

SET LOCAL ROLE accord_owner;

CREATE TABLE projection.lines (
    name       text    NOT NULL,
    generation integer NOT NULL,
    stream_id  text    NOT NULL,
    list       text    NOT NULL,
    place      text    COLLATE "C" NOT NULL,          -- its place in the list
    since      date    NOT NULL,                      -- the first day at whose end it was shown
    until      date    CHECK (until > since),         -- the first day at whose end it was not, or null: it is shown now
    terms      tsvector NOT NULL,                     -- what it is found by, each as it is: no dictionary, no stop words
    amount     numeric,
    line       jsonb   NOT NULL,
    FOREIGN KEY (name, generation, stream_id) REFERENCES projection.documents ON DELETE CASCADE
) WITH (toast_tuple_target = 256);                    -- what is shown stands apart, so that what is looked through is short
ALTER TABLE projection.lines
    ALTER COLUMN name SET STORAGE MAIN, ALTER COLUMN stream_id SET STORAGE MAIN, ALTER COLUMN list SET STORAGE MAIN,
    ALTER COLUMN place SET STORAGE MAIN, ALTER COLUMN terms SET STORAGE MAIN,
    ALTER COLUMN terms SET STATISTICS 1000,           -- of how many lines hold a word or its beginning, plans depend
    ALTER COLUMN line SET STATISTICS 0;               -- on what is shown, none does
CREATE INDEX lines_of_streams ON projection.lines (name, generation, stream_id);
-- The list comes first, so that nobody takes these indexes for the way to the lines of one stream.
-- Whether a line was shown on a day is seen in the index, which is walked in the order of the list.
CREATE INDEX lines_now ON projection.lines (list, name, generation, place, since) WHERE until IS NULL;
CREATE INDEX lines_now_by_terms ON projection.lines USING gin (terms) WHERE until IS NULL;
CREATE INDEX lines_now_by_amount ON projection.lines (list, name, generation, amount) WHERE until IS NULL;
CREATE INDEX lines_then ON projection.lines (list, name, generation, place, until, since) WHERE until IS NOT NULL;
CREATE INDEX lines_then_by_terms ON projection.lines USING gin (terms) WHERE until IS NOT NULL;

-- The words by which lines are found, so that the beginning of a word is looked up here and its words in the index, each as it is:
-- an index of terms gathers all that begins alike, however few of its lines are asked for.
CREATE TABLE projection.words (
    name text NOT NULL,                        -- of the projection
    word text COLLATE "C" NOT NULL,            -- a term of one of its lines, or of one that was there
    PRIMARY KEY (name, word)
);
ALTER TABLE projection.words ALTER COLUMN word SET STATISTICS 0;  -- they would keep words that are gone

-- Events that happened on another day than they were recorded, each from the one moment to the other: a list of a day between is
-- not what was shown then.
CREATE TABLE projection.late (
    name       text    NOT NULL,
    generation integer NOT NULL,
    stream_id  text    NOT NULL,
    span       tstzrange NOT NULL,
    FOREIGN KEY (name, generation, stream_id) REFERENCES projection.documents ON DELETE CASCADE
);
CREATE INDEX late_of_streams ON projection.late (name, generation, stream_id);
CREATE INDEX late_spans ON projection.late USING gist (span);

GRANT SELECT ON projection.lines, projection.late, projection.words TO accord_reader;
GRANT INSERT, UPDATE, DELETE ON projection.lines, projection.late TO accord_projector;
GRANT SELECT, INSERT ON projection.words TO accord_projector;

-- The lines of a list that hold what is asked, between two places, now or at the end of a day: a query with the parameters
-- (1 projection, 2 list, 3 terms, 4 and 5 sums, 6 and 7 places, 8 day, 9 streams left out, 10 generation).
CREATE FUNCTION read_model.lines_query(
    asked tsquery, at_least numeric, at_most numeric, above text, below text, day date, without text[], tail text
) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT string_agg(format(
        '(SELECT l.place, l.stream_id, l.amount, l.line FROM projection.lines l
           WHERE l.name = $1 AND l.generation = $10 AND l.list = $2 AND l.until %s%s %s)', part, concat(
            CASE WHEN asked IS NOT NULL THEN ' AND l.terms @@ $3' END,
            CASE WHEN at_least IS NOT NULL THEN ' AND l.amount >= $4' END,
            CASE WHEN at_most IS NOT NULL THEN ' AND l.amount <= $5' END,
            CASE WHEN above IS NOT NULL THEN ' AND l.place > $6' END,
            CASE WHEN below IS NOT NULL THEN ' AND l.place < $7' END,
            CASE WHEN day IS NOT NULL THEN ' AND l.since <= $8' END,
            CASE WHEN without <> '{}' THEN ' AND l.stream_id <> ALL ($9)' END), tail), ' UNION ALL ')
      FROM unnest(CASE WHEN day IS NULL THEN ARRAY['IS NULL'] ELSE ARRAY['IS NULL', '> $8'] END) part
$$;

-- What is asked of lines: terms, and beginnings of terms. A beginning becomes the terms that begin so, if they are few.
CREATE FUNCTION read_model.spelled_out(projected text, asked tsquery, beginnings text[]) RETURNS tsquery
LANGUAGE plpgsql STABLE AS $$
DECLARE
    beginning text;
    spelled text;
    few CONSTANT integer := 30;
BEGIN
    FOREACH beginning IN ARRAY beginnings LOOP
        SELECT CASE WHEN count(*) <= few THEN string_agg(read_model.quoted(w.word), ' | ') ELSE read_model.quoted(beginning) || ':*' END
          INTO spelled
          FROM (SELECT word FROM projection.words WHERE name = projected AND word ^@ beginning ORDER BY word LIMIT few + 1) w;
        spelled := COALESCE(spelled, read_model.quoted(beginning));  -- none begins so: the index finds nothing
        asked := CASE WHEN asked IS NULL THEN spelled::tsquery ELSE asked && spelled::tsquery END;
    END LOOP;
    RETURN asked;
END $$;

CREATE FUNCTION read_model.quoted(term text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT '''' || replace(replace(term, '\', '\\'), '''', '''''') || ''''
$$;

-- A page of a list. It is planned for what is asked each time: a plan that fits every question reads all lines for some of them.
CREATE FUNCTION read_model.page(
    projected text, wanted text, asked tsquery, beginnings text[], at_least numeric, at_most numeric, above text, below text,
    day date, without text[], newest boolean, most integer
) RETURNS TABLE (place text, line jsonb)
LANGUAGE plpgsql STABLE AS $$
DECLARE
    shown integer := (SELECT c.generation FROM projection.checkpoints c WHERE c.name = projected AND c.live);
    tail text := format('ORDER BY place %s LIMIT %s', CASE WHEN newest THEN 'DESC' ELSE 'ASC' END, most);
BEGIN
    asked := read_model.spelled_out(projected, asked, beginnings);
    RETURN QUERY EXECUTE format('SELECT p.place, p.line FROM (%s) p %s',
        read_model.lines_query(asked, at_least, at_most, above, below, day, without, tail), tail)
        USING projected, wanted, asked, at_least, at_most, above, below, day, without, shown;
END $$;

-- How many lines there are, and their sum, for each value of some fields, of which only so many first letters count.
CREATE FUNCTION read_model.totals(
    projected text, wanted text, asked tsquery, beginnings text[], at_least numeric, at_most numeric, above text, below text,
    day date, without text[], fields text[], letters integer[]
) RETURNS TABLE (key text[], lines bigint, amount numeric)
LANGUAGE plpgsql STABLE AS $$
DECLARE
    shown integer := (SELECT c.generation FROM projection.checkpoints c WHERE c.name = projected AND c.live);
    keys text := (SELECT string_agg(format('left(p.line ->> %L, %s)', field, size), ', ')
                    FROM unnest(fields, letters) AS f(field, size));
BEGIN
    asked := read_model.spelled_out(projected, asked, beginnings);
    RETURN QUERY EXECUTE format('SELECT ARRAY[%s], count(*), sum(p.amount) FROM (%s) p GROUP BY 1 ORDER BY 1', keys,
        read_model.lines_query(asked, at_least, at_most, above, below, day, without, ''))
        USING projected, wanted, asked, at_least, at_most, above, below, day, without, shown;
END $$;
GRANT EXECUTE ON FUNCTION read_model.lines_query, read_model.spelled_out, read_model.quoted, read_model.page, read_model.totals
    TO accord_reader;

-- What people read with SQL is laid out from the same lines.
CREATE OR REPLACE VIEW read_model.portfolio AS
    SELECT d.partnership_id, p.*, d.version, d.position
      FROM read_model.documents d JOIN projection.checkpoints c ON c.name = d.name AND c.live
      JOIN projection.lines l ON l.name = d.name AND l.generation = c.generation AND l.stream_id = d.stream_id,
           jsonb_to_record(l.line) AS p(
               title text, partner text, country text, funder text, amount numeric, currency text,
               paid_or_in_flight numeric, stage text, on_hold boolean, next_step text, due timestamptz)
     WHERE l.list = 'partnerships' AND l.until IS NULL;

CREATE OR REPLACE VIEW read_model.work_queue AS
    SELECT w.role, l.line ->> 'partnership_id' AS partnership_id, l.line ->> 'next_step' AS step,
           (l.line ->> 'due')::timestamptz AS due
      FROM projection.lines l JOIN projection.checkpoints c USING (name, generation),
           jsonb_array_elements_text(l.line -> 'awaiting') AS w(role)
     WHERE c.live AND l.list = 'partnerships' AND l.until IS NULL;

CREATE OR REPLACE VIEW read_model.obligations AS
    SELECT o.due, o.partnership_id, o.kind, o.what
      FROM projection.lines l JOIN projection.checkpoints c USING (name, generation),
           jsonb_to_record(l.line) AS o(due date, partnership_id text, kind text, what text)
     WHERE c.live AND l.list = 'obligations' AND l.until IS NULL;

CREATE OR REPLACE VIEW read_model.payments AS
    SELECT p.*
      FROM projection.lines l JOIN projection.checkpoints c USING (name, generation),
           jsonb_to_record(l.line) AS p(
               partnership_id text, tranche integer, attempt integer, amount numeric, currency text, payee text,
               released_by text, released_at timestamptz, status text, end_to_end_id text, reason text)
     WHERE c.live AND l.list = 'payments' AND l.until IS NULL;

-- What waits for whom and by when, for `accord notifier`: ids and codes, no names. Folded by domain/partnership/notices.py.
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
