-- The ledger, for many writers and for readers who do not trust us: group commit, least privilege, read models.

-- Roles that own and use it. None of them logs in; an operator grants them to the logins of workers and people.
DO $$
DECLARE
    role text;
BEGIN
    FOREACH role IN ARRAY ARRAY['accord_owner', 'accord_writer', 'accord_projector', 'accord_reader', 'accord_payer'] LOOP
        BEGIN
            EXECUTE format('CREATE ROLE %I NOLOGIN NOINHERIT', role);
        EXCEPTION WHEN duplicate_object OR unique_violation THEN
            NULL;  -- roles belong to the whole server; another database made it
        END;
    END LOOP;
    EXECUTE format('GRANT accord_owner TO %I', current_user);
END $$;

-- What makes two appends the same is compared as it stands, and what an event says is read from its bytes, so no second
-- form of either is kept.
DROP INDEX ledger.events_command;
ALTER TABLE ledger.events
    DROP CONSTRAINT events_stream_id_check, DROP CONSTRAINT events_event_type_check,  -- bounded repetition is slow
    ADD CONSTRAINT events_stream_id_check CHECK (length(stream_id) BETWEEN 1 AND 200 AND stream_id !~ '[^!-~]'),
    ADD CONSTRAINT events_event_type_check
        CHECK (length(event_type) BETWEEN 1 AND 100 AND event_type ~ '^[A-Za-z][A-Za-z0-9]*$'),
    DROP COLUMN fingerprint, DROP COLUMN payload_json, ADD CHECK (payload IS JSON);
CREATE VIEW ledger.readable AS
    SELECT position, stream_id, version, event_type, recorded_at, convert_from(payload, 'UTF8')::jsonb AS payload,
           convert_from(meta, 'UTF8')::jsonb AS meta, command_id, event_id
      FROM ledger.events;
DROP FUNCTION ledger.fingerprint;
DROP FUNCTION ledger.append_many;

-- As volatile as what it calls, so that the planner inlines it.
ALTER FUNCTION ledger.leaf STABLE;

-- The perfect subtrees of the Merkle tree at every eighth height; derived from the leaves, and checked against them.
CREATE TABLE ledger.nodes (
    height smallint NOT NULL CHECK (height > 0 AND height % 8 = 0),
    index  bigint   NOT NULL CHECK (index >= 0),
    hash   bytea    NOT NULL CHECK (octet_length(hash) = 32),
    PRIMARY KEY (height, index)
);

-- Whoever appends holds this. A table, because anybody who may log in can hold an advisory lock, and stop the writers.
CREATE TABLE ledger.turn ();

-- Whether nothing of a batch is known and nothing of it conflicts, also not with one another: the common case.
CREATE FUNCTION ledger.all_new(stream_ids text[], expected_versions integer[], event_ids uuid[]) RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN NOT EXISTS (SELECT FROM ledger.events e WHERE e.event_id = ANY (event_ids))
       AND (SELECT count(DISTINCT id) = count(*) FROM unnest(stream_ids) id)
       AND NOT EXISTS (
           SELECT FROM unnest(stream_ids, expected_versions) s(id, expected)
            WHERE s.expected <> coalesce((SELECT e.version FROM ledger.events e WHERE e.stream_id = s.id
                                           ORDER BY e.version DESC LIMIT 1), 0));
END $$;

-- Insert the events of commands whose streams are at the expected versions, after the head.
CREATE FUNCTION ledger.insert_all(
    head bigint, clock timestamptz, stream_ids text[], command_ids uuid[], expected_versions integer[],
    event_counts integer[], event_ids uuid[], event_types text[], schema_versions smallint[],
    payloads bytea[], metas bytea[]
) RETURNS void LANGUAGE plpgsql AS $$
#variable_conflict use_column
BEGIN
    INSERT INTO ledger.events (position, stream_id, version, event_id, command_id, event_type, schema_version,
                               payload, meta, recorded_at, leaf)
    SELECT head + i, stream_id, version, event_id, command_id, event_type, schema_version,
           payload, meta, clock,
           ledger.leaf(head + i, stream_id, version, event_id, command_id, event_type, schema_version,
                       payload, meta, clock)
      FROM (SELECT row_number() OVER (ORDER BY c.at, n) AS i, c.stream_id, c.command_id, c.expected + n AS version
              FROM unnest(stream_ids, command_ids, expected_versions, event_counts)
                   WITH ORDINALITY c(stream_id, command_id, expected, count, at), generate_series(1, c.count) n) placed
      JOIN unnest(event_ids, event_types, schema_versions, payloads, metas)
           WITH ORDINALITY e(event_id, event_type, schema_version, payload, meta, i) USING (i);
END $$;

-- Append many commands in one call. Nothing raises for a command's own fault: each is answered by
--   OK         its events are recorded
--   REPLAY     the same events were recorded before; their places are returned
--   KEY_REUSE  an event id was used before for other content
--   CONFLICT   the stream is not at the expected version; the true version is returned
CREATE FUNCTION ledger.append_many(
    stream_ids text[], command_ids uuid[], expected_versions integer[], event_counts integer[],
    event_ids uuid[], event_types text[], schema_versions smallint[], payloads bytea[], metas bytea[]
) RETURNS TABLE (command_index integer, status text, first_position bigint, stream_version integer)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET lock_timeout = '10s' SET search_path = ledger, pg_temp SET plan_cache_mode = force_generic_plan SET enable_seqscan = off AS $$
DECLARE
    before bigint;
    head bigint;
    clock timestamptz;
    first_event integer := 1;
BEGIN
    -- A count that is not that of the events would move the head past them and leave a gap.
    IF 1 > ANY (event_counts) OR array_position(event_counts, NULL) IS NOT NULL
       OR cardinality(event_ids) IS DISTINCT FROM (SELECT coalesce(sum(count), 0) FROM unnest(event_counts) count) THEN
        RAISE EXCEPTION 'the events of a batch are not as many as its commands say' USING ERRCODE = 'data_exception';
    END IF;
    LOCK TABLE turn IN EXCLUSIVE MODE;
    SELECT position, e.recorded_at INTO before, clock FROM events e ORDER BY position DESC LIMIT 1;
    before := coalesce(before, 0);
    clock := greatest(clock_timestamp(), clock);
    IF all_new(stream_ids, expected_versions, event_ids) THEN
        PERFORM insert_all(before, clock, stream_ids, command_ids, expected_versions, event_counts,
                           event_ids, event_types, schema_versions, payloads, metas);
        head := before + cardinality(event_ids);
        RETURN QUERY SELECT c.at::integer, 'OK', before + 1 + sum(c.count) OVER (ORDER BY c.at) - c.count,
                            expected_versions[c.at] + c.count
                       FROM unnest(event_counts) WITH ORDINALITY c(count, at) ORDER BY c.at;
    ELSE
        head := before;
        FOR command_index IN 1 .. cardinality(command_ids) LOOP
            DECLARE
                last_event integer := first_event + event_counts[command_index] - 1;
            BEGIN
                SELECT a.status, a.first_position, a.stream_version INTO status, first_position, stream_version
                  FROM append_one(head, clock, stream_ids[command_index], command_ids[command_index],
                                  expected_versions[command_index], event_ids[first_event:last_event],
                                  event_types[first_event:last_event], schema_versions[first_event:last_event],
                                  payloads[first_event:last_event], metas[first_event:last_event]) a;
                head := head + CASE status WHEN 'OK' THEN event_counts[command_index] ELSE 0 END;
                first_event := last_event + 1;
                RETURN NEXT;
            END;
        END LOOP;
    END IF;
    IF head > before THEN
        PERFORM pg_notify('ledger_head', head::text);
    END IF;
END $$;

CREATE FUNCTION ledger.append_one(
    head bigint, clock timestamptz, wanted text, command uuid, expected integer,
    event_ids uuid[], event_types text[], schema_versions smallint[], payloads bytea[], metas bytea[]
) RETURNS TABLE (status text, first_position bigint, stream_version integer) LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    known integer;
    same integer;
BEGIN
    SELECT coalesce(max(e.version), 0) INTO stream_version FROM ledger.events e WHERE e.stream_id = wanted;
    SELECT count(*), count(*) FILTER (WHERE (e.stream_id, e.version, e.event_type, e.schema_version, e.payload)
                                          = (wanted, expected + i, event_types[i], schema_versions[i], payloads[i])),
           min(e.position)
      INTO known, same, first_position
      FROM generate_subscripts(event_ids, 1) i JOIN ledger.events e ON e.event_id = event_ids[i];
    IF known > 0 THEN
        PERFORM FROM ledger.events e
          WHERE e.stream_id = wanted AND e.command_id = command AND e.event_id <> ALL (event_ids);
        status := CASE WHEN NOT FOUND AND same = cardinality(event_ids) THEN 'REPLAY' ELSE 'KEY_REUSE' END;
    ELSIF stream_version <> expected THEN
        status := 'CONFLICT';
        first_position := NULL;
    ELSE
        PERFORM ledger.insert_all(head, clock, ARRAY[wanted], ARRAY[command], ARRAY[expected],
                                  ARRAY[cardinality(event_ids)], event_ids, event_types, schema_versions, payloads, metas);
        status := 'OK';
        first_position := head + 1;
        stream_version := expected + cardinality(event_ids);
    END IF;
    RETURN NEXT;
END $$;

-- Read models: one document per stream, folded from its events; two generations can stand side by side.
CREATE SCHEMA projection;

CREATE TABLE projection.checkpoints (
    name       text    NOT NULL,
    generation integer NOT NULL CHECK (generation > 0),
    position   bigint  NOT NULL DEFAULT 0,            -- everything up to here is folded in
    leaf       bytea,                                 -- of the event at that position: the ledger it was folded from
    live       boolean NOT NULL DEFAULT false,        -- the one that readers see
    fault      text    NOT NULL DEFAULT '',           -- why it stopped
    PRIMARY KEY (name, generation),
    CHECK ((position = 0) = (leaf IS NULL))
);
CREATE UNIQUE INDEX one_is_live ON projection.checkpoints (name) WHERE live;

CREATE TABLE projection.documents (
    name       text    NOT NULL,
    generation integer NOT NULL,
    stream_id  text    NOT NULL,
    version    integer NOT NULL,
    position   bigint  NOT NULL,                      -- of the newest event in it
    document   jsonb   NOT NULL,
    PRIMARY KEY (name, generation, stream_id)
);

CREATE TABLE projection.quarantine (
    name       text    NOT NULL,
    generation integer NOT NULL,
    stream_id  text    NOT NULL,
    position   bigint  NOT NULL,                      -- of the event that could not be folded
    reason     text    NOT NULL,
    PRIMARY KEY (name, generation, stream_id)
);

-- Whose all of it is, and who may do what.
ALTER SCHEMA ledger OWNER TO accord_owner;
ALTER SCHEMA projection OWNER TO accord_owner;
DO $$
DECLARE
    thing regclass;
    call regprocedure;
BEGIN
    FOR thing IN SELECT c.oid FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                  WHERE n.nspname IN ('ledger', 'projection') AND c.relkind IN ('r', 'v') LOOP
        EXECUTE format('ALTER TABLE %s OWNER TO accord_owner', thing);
    END LOOP;
    FOR call IN SELECT p.oid FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname = 'ledger' LOOP
        EXECUTE format('ALTER FUNCTION %s OWNER TO accord_owner', call);
        EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', call);
    END LOOP;
END $$;

GRANT USAGE ON SCHEMA ledger TO accord_writer, accord_reader, accord_projector;
GRANT EXECUTE ON FUNCTION ledger.append_many TO accord_writer;
GRANT SELECT ON ledger.events, ledger.readable, ledger.nodes TO accord_reader, accord_projector;
GRANT INSERT ON ledger.nodes TO accord_projector;
GRANT USAGE ON SCHEMA projection TO accord_reader, accord_projector;
GRANT SELECT ON ALL TABLES IN SCHEMA projection TO accord_reader;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA projection TO accord_projector;
GRANT USAGE ON SCHEMA payments TO accord_payer;
GRANT SELECT, INSERT ON ALL TABLES IN SCHEMA payments TO accord_payer;
GRANT UPDATE (message_id) ON payments.instructions TO accord_payer;
GRANT UPDATE (delivered_at) ON payments.answers TO accord_payer;
