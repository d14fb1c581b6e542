-- Who may append what: rows that no login writes. `accord migrate` brings them to what domain/recorded/writers.py says, and
-- `accord ledger verify` compares them with it (deploy/rights.py). A type that is retired loses its rows by a migration.

SET LOCAL ROLE accord_owner;

CREATE TABLE appending.rights (
    writer     text     NOT NULL,                      -- a task that appends, as its function below is named
    event_type text     NOT NULL,
    stream     text     NOT NULL,                      -- the pattern of the names of the streams
    form       smallint NOT NULL CHECK (form > 0),     -- the newest that it may write
    PRIMARY KEY (writer, event_type, stream)
);
GRANT SELECT ON appending.rights TO accord_reader;

-- Append as a task. The functions of the tasks call it with the rights of their owner; it has none of its own to lend.
-- Each event's rights are looked up in the index: read in turn, the pattern of each row would be tried.
CREATE FUNCTION appending.append_as(
    task text, stream_ids text[], versions integer[], command_ids uuid[], event_ids uuid[], event_types text[],
    schema_versions smallint[], payloads bytea[], metas bytea[], event_counts integer[]
) RETURNS TABLE (status text, first_position bigint, stream_version integer)
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
SET plan_cache_mode = force_generic_plan SET enable_seqscan = off AS $$
DECLARE
    refused text;
BEGIN
    IF 1 <> ANY (ARRAY[array_lower(stream_ids, 1), array_lower(event_types, 1), array_lower(schema_versions, 1)])
       OR greatest(array_ndims(stream_ids), array_ndims(event_types), array_ndims(schema_versions)) > 1 THEN
        RAISE EXCEPTION 'the % may not append this: arrays that are no plain lists', task
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    SELECT concat(e.type, ' on ', e.stream) INTO refused
      FROM unnest(stream_ids, event_types, schema_versions) e(stream, type, form)
     WHERE EXISTS (SELECT FROM appending.rights r WHERE r.writer = task AND r.event_type = e.type
                      AND e.stream ~ r.stream AND e.form <= r.form) IS NOT TRUE
     LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'the % may not append this: %', task, refused USING ERRCODE = 'insufficient_privilege';
    END IF;
    PERFORM privacy.check_marks(stream_ids, payloads, metas);
    RETURN QUERY SELECT * FROM ledger.append(stream_ids, versions, command_ids, event_ids, event_types,
                                             schema_versions, payloads, metas, event_counts);
END $$;
REVOKE ALL ON FUNCTION appending.append_as FROM PUBLIC;

-- One function for each task, which says its name, and is granted to it alone since 0008.
DO $$
DECLARE
    task text;
BEGIN
    FOREACH task IN ARRAY ARRAY['worker', 'staff', 'exporter', 'importer', 'emergency'] LOOP
        EXECUTE format($function$
CREATE OR REPLACE FUNCTION appending.%I(
    stream_ids text[], versions integer[], command_ids uuid[], event_ids uuid[], event_types text[],
    schema_versions smallint[], payloads bytea[], metas bytea[], event_counts integer[]
) RETURNS TABLE (status text, first_position bigint, stream_version integer)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $body$
BEGIN
    RETURN QUERY SELECT * FROM appending.append_as(%L, stream_ids, versions, command_ids, event_ids, event_types,
                                                   schema_versions, payloads, metas, event_counts);
END $body$
        $function$, task, task);
    END LOOP;
END $$;
RESET ROLE;
