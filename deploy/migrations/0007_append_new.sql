-- The common append in one statement. What is plainly new, and is nearly all, is placed at once; the rest is judged
-- command by command, as before.

DROP FUNCTION ledger.append_many;
DROP FUNCTION ledger.append_one;
DROP FUNCTION ledger.insert_all;
DROP FUNCTION ledger.all_new;

-- Insert events after the head, each behind the one before it in its stream, and return how many found their place.
CREATE FUNCTION ledger.place(
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
      FROM unnest(stream_ids, versions, command_ids, event_ids, event_types, schema_versions, payloads, metas)
           WITH ORDINALITY n(stream_id, version, command_id, event_id, event_type, schema_version, payload, meta, i)
     WHERE version = 1
        OR (versions[i - 1] = version - 1 AND stream_ids[i - 1] = stream_id)
        OR (SELECT true FROM ledger.events e WHERE e.stream_id = n.stream_id AND e.version = n.version - 1);
    GET DIAGNOSTICS placed = ROW_COUNT;
    RETURN placed;
END $$;

-- The newest position and the time that what comes next is recorded at, for the one who may append now.
CREATE FUNCTION ledger.take_turn(OUT head bigint, OUT clock timestamptz) LANGUAGE plpgsql AS $$
BEGIN
    LOCK TABLE ledger.turn IN EXCLUSIVE MODE;
    SELECT position, recorded_at INTO head, clock FROM ledger.events ORDER BY position DESC LIMIT 1;
    head := coalesce(head, 0);
    clock := greatest(clock_timestamp(), clock);
END $$;

-- Append events that are all new, one array element each, and return the position of the first. Returns NULL, and
-- records nothing, if one of them is known or not the next of its stream: then append_many says which.
CREATE FUNCTION ledger.append_new(
    stream_ids text[], versions integer[], command_ids uuid[], event_ids uuid[], event_types text[],
    schema_versions smallint[], payloads bytea[], metas bytea[]
) RETURNS bigint LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET lock_timeout = '10s' SET search_path = ledger, pg_temp SET plan_cache_mode = force_generic_plan SET enable_seqscan = off AS $$
DECLARE
    head bigint;
    clock timestamptz;
    placed bigint;
BEGIN
    SELECT t.head, t.clock INTO head, clock FROM take_turn() t;
    placed := place(head, clock, stream_ids, versions, command_ids, event_ids, event_types, schema_versions,
                    payloads, metas);
    IF placed IS DISTINCT FROM cardinality(event_ids) OR placed = 0 THEN
        RAISE EXCEPTION 'not all of it is new' USING ERRCODE = 'unique_violation';
    END IF;
    PERFORM pg_notify('ledger_head', (head + placed)::text);
    RETURN head + 1;
EXCEPTION WHEN unique_violation THEN
    RETURN NULL;
END $$;

-- Append many commands in one call. Nothing raises for a command's own fault: each is answered by
--   OK         its events are recorded
--   REPLAY     the same events were recorded before; their places are returned
--   KEY_REUSE  an event id was used before for other content
--   CONFLICT   the stream is not at the expected version; the true version is returned
CREATE FUNCTION ledger.append_many(
    stream_ids text[], command_ids uuid[], expected_versions integer[], event_counts integer[],
    event_ids uuid[], event_types text[], schema_versions smallint[], payloads bytea[], metas bytea[]
) RETURNS TABLE (status text, first_position bigint, stream_version integer)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET lock_timeout = '10s' SET search_path = ledger, pg_temp SET plan_cache_mode = force_generic_plan SET enable_seqscan = off AS $$
DECLARE
    before bigint;
    head bigint;
    clock timestamptz;
    first_event integer := 1;
    last_event integer;
BEGIN
    -- A count that is not that of the events would move the head past them and leave a gap.
    IF 1 > ANY (event_counts) OR array_position(event_counts, NULL) IS NOT NULL
       OR cardinality(event_ids) IS DISTINCT FROM (SELECT coalesce(sum(count), 0) FROM unnest(event_counts) count) THEN
        RAISE EXCEPTION 'the events of a batch are not as many as its commands say' USING ERRCODE = 'data_exception';
    END IF;
    SELECT t.head, t.head, t.clock INTO before, head, clock FROM take_turn() t;
    FOR i IN 1 .. cardinality(command_ids) LOOP
        last_event := first_event + event_counts[i] - 1;
        SELECT a.status, a.first_position, a.stream_version INTO status, first_position, stream_version
          FROM append_one(head, clock, stream_ids[i], command_ids[i], expected_versions[i],
                          event_ids[first_event:last_event], event_types[first_event:last_event],
                          schema_versions[first_event:last_event], payloads[first_event:last_event],
                          metas[first_event:last_event]) a;
        head := head + CASE status WHEN 'OK' THEN event_counts[i] ELSE 0 END;
        first_event := last_event + 1;
        RETURN NEXT;
    END LOOP;
    IF head > before THEN
        PERFORM pg_notify('ledger_head', head::text);
    END IF;
END $$;

CREATE FUNCTION ledger.append_one(
    head bigint, clock timestamptz, wanted text, command uuid, expected integer,
    event_ids uuid[], event_types text[], schema_versions smallint[], payloads bytea[], metas bytea[],
    OUT status text, OUT first_position bigint, OUT stream_version integer
) LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    size integer := cardinality(event_ids);
    known integer;
    same integer;
BEGIN
    SELECT coalesce(max(e.version), 0) INTO stream_version FROM ledger.events e WHERE e.stream_id = wanted;
    SELECT count(*), count(*) FILTER (WHERE (e.stream_id, e.version, e.event_type, e.schema_version, e.payload)
                                          = (wanted, expected + i, event_types[i], schema_versions[i], payloads[i])),
           min(e.position)
      INTO known, same, first_position
      FROM ledger.events e, array_position(event_ids, e.event_id) i WHERE e.event_id = ANY (event_ids);
    IF known > 0 THEN
        PERFORM FROM ledger.events e
          WHERE e.stream_id = wanted AND e.command_id = command AND e.event_id <> ALL (event_ids);
        status := CASE WHEN NOT FOUND AND same = size THEN 'REPLAY' ELSE 'KEY_REUSE' END;
    ELSIF stream_version <> expected THEN
        status := 'CONFLICT';
    ELSIF ledger.place(head, clock, array_fill(wanted, ARRAY[size]),
                       ARRAY(SELECT expected + i FROM generate_series(1, size) i), array_fill(command, ARRAY[size]),
                       event_ids, event_types, schema_versions, payloads, metas) = size THEN
        status := 'OK';
        first_position := head + 1;
        stream_version := expected + size;
    END IF;
END $$;

DO $$
DECLARE
    call regprocedure;
BEGIN
    FOR call IN SELECT p.oid FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname = 'ledger' LOOP
        EXECUTE format('ALTER FUNCTION %s OWNER TO accord_owner', call);
        EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', call);
    END LOOP;
END $$;
GRANT EXECUTE ON FUNCTION ledger.append_new, ledger.append_many TO accord_writer;
