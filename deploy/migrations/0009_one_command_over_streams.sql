-- One command over several streams: requests in a row that bear one command id are recorded together or not at all, as
-- an approval is with what it reserves of a fund. Everything else stays as 0002 has it.

SET LOCAL ROLE accord_owner;

-- As in 0002, and also behind an event of the same batch that does not stand right before it: commands on one fund that
-- are sent together, each with a stream of its own beside it.
CREATE OR REPLACE FUNCTION ledger.place(
    head bigint, clock timestamptz, stream_ids text[], versions integer[], command_ids uuid[], event_ids uuid[],
    event_types text[], schema_versions smallint[], payloads bytea[], metas bytea[]
) RETURNS bigint LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    placed bigint;
BEGIN
    INSERT INTO ledger.events (position, stream_id, version, event_id, command_id, event_type, schema_version,
                               payload, meta, recorded_at, leaf)
    SELECT head + i, stream_id, version, event_id, command_id, event_type, schema_version, payload, meta, clock,
           ledger.leaf(head + i, stream_id, version, event_id, command_id, event_type, schema_version,
                       payload, meta, clock)
      FROM (SELECT u.*, lag(u.version) OVER (PARTITION BY u.stream_id ORDER BY u.i) AS before
              FROM unnest(stream_ids, versions, command_ids, event_ids, event_types, schema_versions, payloads, metas)
                   WITH ORDINALITY u(stream_id, version, command_id, event_id, event_type, schema_version, payload,
                                     meta, i)) n
     WHERE version = 1
        OR before = version - 1
        OR (SELECT true FROM ledger.events e WHERE e.stream_id = n.stream_id AND e.version = n.version - 1)
     ORDER BY i;
    GET DIAGNOSTICS placed = ROW_COUNT;
    RETURN placed;
END $$;

-- Append the requests of one command after the head, from request `first` to request `last`, and answer each. If one of
-- them finds no place, none is recorded, and those that would have found one answer CONFLICT.
CREATE FUNCTION ledger.append_group(
    head bigint, clock timestamptz, first integer, last integer, first_event integer,
    stream_ids text[], versions integer[], command_ids uuid[], event_ids uuid[], event_types text[],
    schema_versions smallint[], payloads bytea[], metas bytea[], event_counts integer[],
    OUT statuses text[], OUT first_positions bigint[], OUT stream_versions integer[]
) LANGUAGE plpgsql AS $$
DECLARE
    answer record;
    last_event integer;
    versions_before integer[];
BEGIN
    SELECT array_agg((SELECT coalesce(max(e.version), 0) FROM ledger.events e
                       WHERE e.stream_id = stream_ids[first_event + (SELECT coalesce(sum(event_counts[k]), 0)::integer
                                                                       FROM generate_series(first, i - 1) k)])
                     ORDER BY i)
      INTO versions_before FROM generate_series(first, last) i;
    BEGIN
        FOR i IN first .. last LOOP
            last_event := first_event + event_counts[i] - 1;
            SELECT a.* INTO answer
              FROM ledger.append_one(head, clock, stream_ids[first_event], command_ids[first_event],
                                     versions[first_event] - 1, event_ids[first_event:last_event],
                                     event_types[first_event:last_event], schema_versions[first_event:last_event],
                                     payloads[first_event:last_event], metas[first_event:last_event]) a;
            statuses := statuses || answer.status;
            first_positions := first_positions || answer.first_position;
            stream_versions := stream_versions || answer.stream_version;
            head := head + CASE answer.status WHEN 'OK' THEN event_counts[i] ELSE 0 END;
            first_event := last_event + 1;
        END LOOP;
        IF NOT ('OK' = ALL (statuses) OR 'REPLAY' = ALL (statuses)) THEN
            RAISE EXCEPTION 'not all of it finds its place' USING ERRCODE = 'AC001';
        END IF;
    EXCEPTION WHEN SQLSTATE 'AC001' THEN
        statuses := array_replace(statuses, 'OK', 'CONFLICT');
        first_positions := ARRAY(SELECT CASE WHEN statuses[i] = 'REPLAY' THEN first_positions[i] END
                                   FROM generate_series(1, cardinality(statuses)) i ORDER BY i);
        stream_versions := versions_before;
    END;
END $$;

CREATE OR REPLACE FUNCTION ledger.append_each(
    stream_ids text[], versions integer[], command_ids uuid[], event_ids uuid[], event_types text[],
    schema_versions smallint[], payloads bytea[], metas bytea[], event_counts integer[]
) RETURNS TABLE (status text, first_position bigint, stream_version integer) LANGUAGE plpgsql AS $$
DECLARE
    before bigint;
    head bigint;
    clock timestamptz;
    first integer := 1;
    last integer;
    first_event integer := 1;
    events_after integer;
    answers record;
    told_again boolean := false;
BEGIN
    SELECT t.head, t.head, t.clock INTO before, head, clock FROM ledger.take_append_lock() t;
    WHILE first <= cardinality(event_counts) LOOP
        last := first;
        events_after := first_event + event_counts[last];
        -- The same command once more, by somebody who repeats it, begins with the same stream, and is its own group.
        WHILE last < cardinality(event_counts) AND command_ids[events_after] = command_ids[first_event]
              AND stream_ids[events_after] <> stream_ids[first_event] LOOP
            last := last + 1;
            events_after := events_after + event_counts[last];
        END LOOP;
        SELECT g.* INTO answers
          FROM ledger.append_group(head, clock, first, last, first_event, stream_ids, versions, command_ids, event_ids,
                                   event_types, schema_versions, payloads, metas, event_counts) g;
        FOR i IN first .. last LOOP
            status := answers.statuses[i - first + 1];
            first_position := answers.first_positions[i - first + 1];
            stream_version := answers.stream_versions[i - first + 1];
            head := head + CASE status WHEN 'OK' THEN event_counts[i] ELSE 0 END;
            told_again := told_again OR status = 'REPLAY';
            RETURN NEXT;
        END LOOP;
        first := last + 1;
        first_event := events_after;
    END LOOP;
    -- What was recorded before may have been recorded without its standby. A commit that writes nothing waits for none.
    IF told_again THEN
        PERFORM ledger.confirm();
    END IF;
    IF head > before THEN
        PERFORM pg_notify('ledger_head', head::text);
    END IF;
END $$;

-- As in 0002, and refusing more: what is appended comes in plain lists, and a command's events stand in one stream. What a task may
-- append is asked event by event, so that no event may land in another place than the one it was asked for.
CREATE OR REPLACE FUNCTION ledger.append(
    stream_ids text[], versions integer[], command_ids uuid[], event_ids uuid[], event_types text[],
    schema_versions smallint[], payloads bytea[], metas bytea[], event_counts integer[]
) RETURNS TABLE (status text, first_position bigint, stream_version integer) LANGUAGE plpgsql
SET lock_timeout = '10s' SET plan_cache_mode = force_generic_plan SET enable_seqscan = off AS $$
DECLARE
    size integer := cardinality(event_ids);
BEGIN
    -- A count that is not that of the events would move the head past them and leave a gap.
    IF 1 > ANY (event_counts) OR array_position(event_counts, NULL) IS NOT NULL
       OR size IS DISTINCT FROM (SELECT coalesce(sum(count), 0) FROM unnest(event_counts) count) THEN
        RAISE EXCEPTION 'the events of a batch are not as many as its commands say' USING ERRCODE = 'data_exception';
    END IF;
    IF (size, size, size, size, size, size, size) IS DISTINCT FROM
       (cardinality(stream_ids), cardinality(versions), cardinality(command_ids), cardinality(event_types),
        cardinality(schema_versions), cardinality(payloads), cardinality(metas))
       OR 1 <> ANY (ARRAY[array_lower(stream_ids, 1), array_lower(versions, 1), array_lower(command_ids, 1),
                          array_lower(event_ids, 1), array_lower(event_types, 1), array_lower(schema_versions, 1),
                          array_lower(payloads, 1), array_lower(metas, 1), array_lower(event_counts, 1)])
       OR greatest(array_ndims(stream_ids), array_ndims(versions), array_ndims(command_ids), array_ndims(event_ids),
                   array_ndims(event_types), array_ndims(schema_versions), array_ndims(payloads), array_ndims(metas),
                   array_ndims(event_counts)) > 1 THEN
        RAISE EXCEPTION 'what is appended comes in plain lists of one length' USING ERRCODE = 'data_exception';
    END IF;
    IF cardinality(event_counts) < size AND EXISTS (
        SELECT FROM (SELECT count, sum(count) OVER (ORDER BY i) - count + 1 AS first
                       FROM unnest(event_counts) WITH ORDINALITY n(count, i)) c,
                    generate_series(c.first::integer, (c.first + c.count - 1)::integer) k
         WHERE (stream_ids[k], command_ids[k], versions[k])
               IS DISTINCT FROM (stream_ids[c.first::integer], command_ids[c.first::integer],
                                 versions[c.first::integer] + k - c.first::integer)) THEN
        RAISE EXCEPTION 'the events of a command follow one another in one stream' USING ERRCODE = 'data_exception';
    END IF;
    first_position := ledger.append_new(stream_ids, versions, command_ids, event_ids, event_types, schema_versions,
                                        payloads, metas);
    IF first_position IS NOT NULL THEN
        status := 'NEW';
        RETURN NEXT;
    ELSE
        RETURN QUERY SELECT * FROM ledger.append_each(stream_ids, versions, command_ids, event_ids, event_types,
                                                      schema_versions, payloads, metas, event_counts);
    END IF;
END $$;
RESET ROLE;
