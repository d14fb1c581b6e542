-- The words by which lines are found, so that the beginning of a word is looked up here and its words in the index, each as it is:
-- an index of terms gathers all that begins alike, however few of its lines are asked for.

SET LOCAL ROLE accord_owner;

CREATE TABLE projection.words (
    name text NOT NULL,                        -- of the projection
    word text COLLATE "C" NOT NULL,            -- a term of one of its lines, or of one that was there
    PRIMARY KEY (name, word)
);
ALTER TABLE projection.words ALTER COLUMN word SET STATISTICS 0;  -- they would keep words that are gone
INSERT INTO projection.words SELECT DISTINCT l.name, t.term FROM projection.lines l, unnest(tsvector_to_array(l.terms)) t(term);
GRANT SELECT ON projection.words TO accord_reader;
GRANT SELECT, INSERT ON projection.words TO accord_projector;

-- Whether a line was shown on a day is seen in the index, which is walked in the order of the list.
DROP INDEX projection.lines_now, projection.lines_then;
CREATE INDEX lines_now ON projection.lines (list, name, generation, place, since) WHERE until IS NULL;
CREATE INDEX lines_then ON projection.lines (list, name, generation, place, until, since) WHERE until IS NOT NULL;

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

DROP FUNCTION read_model.page(text, text, tsquery, numeric, numeric, text, text, date, text[], boolean, integer);
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

DROP FUNCTION read_model.totals(text, text, tsquery, numeric, numeric, text, text, date, text[], text[], integer[]);
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
GRANT EXECUTE ON FUNCTION read_model.spelled_out, read_model.quoted, read_model.page, read_model.totals TO accord_reader;

-- Words name people as lines do: they are gathered anew from the lines that are left.
CREATE OR REPLACE FUNCTION privacy.rewrite() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    projected text;
BEGIN
    FOR projected IN SELECT DISTINCT name FROM projection.checkpoints ORDER BY name LOOP
        PERFORM pg_advisory_xact_lock(hashtextextended('projection.' || projected, 0));
    END LOOP;
    LOCK TABLE projection.documents, projection.lines, projection.words IN ACCESS EXCLUSIVE MODE;
    TRUNCATE console.prepared, projection.words;
    INSERT INTO projection.words
        SELECT DISTINCT l.name, t.term FROM projection.lines l, unnest(tsvector_to_array(l.terms)) t(term);
    CLUSTER privacy.people USING people_pkey;
    CLUSTER projection.documents USING documents_pkey;
    CLUSTER projection.lines USING lines_of_streams;
    IF current_setting('server_version_num')::integer >= 180000 THEN
        EXECUTE $clear$ SELECT pg_clear_attribute_stats('projection', 'lines', column_name, false)
                          FROM unnest(ARRAY['terms', 'place', 'stream_id']) AS names(column_name) $clear$;
        EXECUTE $clear$ SELECT pg_clear_attribute_stats('projection', 'documents', 'document', false) $clear$;
    ELSE
        ANALYZE projection.lines, projection.documents;
    END IF;
END $$;
RESET ROLE;
