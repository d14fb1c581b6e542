-- Lists in other orders than their own, totals among so many lines, and the columns that a person sees.

SET LOCAL ROLE accord_owner;

-- A line holds its place in each other order. Where it holds none, as before the lists are folded anew, its own place stands.
-- These indexes keep no statistics: they would keep titles that are gone.
CREATE INDEX lines_now_by_title ON projection.lines (name, generation, COALESCE(line ->> 'by_title', place) COLLATE "C")
    WHERE until IS NULL AND list = 'partnerships';
CREATE INDEX lines_now_by_since ON projection.lines (name, generation, COALESCE(line ->> 'by_since', place) COLLATE "C")
    WHERE until IS NULL AND list = 'partnerships';
CREATE INDEX lines_now_by_sum ON projection.lines (name, generation, COALESCE(line ->> 'by_amount', place) COLLATE "C")
    WHERE until IS NULL AND list = 'partnerships';
ALTER INDEX projection.lines_now_by_title ALTER COLUMN 3 SET STATISTICS 0;
ALTER INDEX projection.lines_now_by_since ALTER COLUMN 3 SET STATISTICS 0;
ALTER INDEX projection.lines_now_by_sum ALTER COLUMN 3 SET STATISTICS 0;

-- Beside those of release 0.3.0, which its processes call: with the order, 'by_title', 'by_amount', 'by_since', or '' for the list's own.
CREATE FUNCTION read_model.lines_query(
    asked tsquery, at_least numeric, at_most numeric, above text, below text, day date, without text[], tail text,
    ordered text
) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT string_agg(format(
        '(SELECT %s AS place, l.stream_id, l.amount, l.line FROM projection.lines l
           WHERE l.name = $1 AND l.generation = $10 AND l.list = $2 AND l.until %s%s %s)', stands, part, concat(
            CASE WHEN asked IS NOT NULL THEN ' AND l.terms @@ $3' END,
            CASE WHEN at_least IS NOT NULL THEN ' AND l.amount >= $4' END,
            CASE WHEN at_most IS NOT NULL THEN ' AND l.amount <= $5' END,
            CASE WHEN above IS NOT NULL THEN format(' AND %s > $6', stands) END,
            CASE WHEN below IS NOT NULL THEN format(' AND %s < $7', stands) END,
            CASE WHEN day IS NOT NULL THEN ' AND l.since <= $8' END,
            CASE WHEN without <> '{}' THEN ' AND l.stream_id <> ALL ($9)' END), tail), ' UNION ALL ')
      FROM unnest(CASE WHEN day IS NULL THEN ARRAY['IS NULL'] ELSE ARRAY['IS NULL', '> $8'] END) part,
           (SELECT CASE WHEN ordered IN ('by_title', 'by_amount', 'by_since')
                        THEN format('COALESCE(l.line ->> %L, l.place) COLLATE "C"', ordered) ELSE 'l.place' END) o(stands)
$$;

CREATE FUNCTION read_model.page(
    projected text, wanted text, asked tsquery, beginnings text[], at_least numeric, at_most numeric, above text, below text,
    day date, without text[], newest boolean, most integer, ordered text
) RETURNS TABLE (place text, line jsonb)
LANGUAGE plpgsql STABLE AS $$
DECLARE
    shown integer := (SELECT c.generation FROM projection.checkpoints c WHERE c.name = projected AND c.live);
    tail text := format('ORDER BY place %s LIMIT %s', CASE WHEN newest THEN 'DESC' ELSE 'ASC' END, most);
BEGIN
    asked := read_model.spelled_out(projected, asked, beginnings);
    RETURN QUERY EXECUTE format('SELECT p.place, p.line FROM (%s) p %s',
        read_model.lines_query(asked, at_least, at_most, above, below, day, without, tail, ordered), tail)
        USING projected, wanted, asked, at_least, at_most, above, below, day, without, shown;
END $$;

-- Among so many lines, whichever they are, or among all for none. A line is fetched from where it is stored once for
-- all its fields, and not at all if no field is asked for.
CREATE FUNCTION read_model.totals(
    projected text, wanted text, asked tsquery, beginnings text[], at_least numeric, at_most numeric, above text, below text,
    day date, without text[], fields text[], letters integer[], among integer
) RETURNS TABLE (key text[], lines bigint, amount numeric)
LANGUAGE plpgsql STABLE AS $$
DECLARE
    shown integer := (SELECT c.generation FROM projection.checkpoints c WHERE c.name = projected AND c.live);
    keys text := (SELECT string_agg(format('left(p.line ->> %L, %s)', field, size), ', ')
                    FROM unnest(fields, letters) AS f(field, size));
BEGIN
    asked := read_model.spelled_out(projected, asked, beginnings);
    RETURN QUERY EXECUTE format(
        'SELECT ARRAY[%s]::text[], count(*), sum(p.amount) FROM (SELECT q.amount%s FROM (%s) q OFFSET 0) p GROUP BY 1 ORDER BY 1',
        keys, CASE WHEN keys IS NOT NULL THEN ', q.line || ''{}'' AS line' END, read_model.lines_query(asked, at_least, at_most, above, below, day, without,
            CASE WHEN among IS NULL THEN '' ELSE format('LIMIT %s', among) END))
        USING projected, wanted, asked, at_least, at_most, above, below, day, without, shown;
END $$;
GRANT EXECUTE ON FUNCTION
    read_model.lines_query(tsquery, numeric, numeric, text, text, date, text[], text, text),
    read_model.page(text, text, tsquery, text[], numeric, numeric, text, text, date, text[], boolean, integer, text),
    read_model.totals(text, text, tsquery, text[], numeric, numeric, text, text, date, text[], text[], integer[], integer)
TO accord_reader;

-- The columns of a list that a person chose, in their order. A view of every partnership keeps what it showed.
CREATE TABLE console.columns (
    staff_id text NOT NULL,
    list     text NOT NULL CHECK (length(list) BETWEEN 1 AND 60),
    fields   text[] NOT NULL CHECK (cardinality(fields) <= 100),
    PRIMARY KEY (staff_id, list)
);
GRANT SELECT, INSERT, UPDATE, DELETE ON console.columns TO accord_console;
UPDATE console.views SET query = replace(query, 'view=all', 'view=list') WHERE query ~ '(^|&)view=all(&|$)';
RESET ROLE;
