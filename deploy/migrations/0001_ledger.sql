-- The ledger: one totally ordered, append-only table, and the one function that appends to it.
-- Order is assigned and committed under one lock, so a visible position N implies that 1..N-1 are visible.

CREATE SCHEMA ledger;

CREATE TABLE ledger.events (
    position       bigint      PRIMARY KEY CHECK (position > 0),        -- 1..n, gapless
    stream_id      text        NOT NULL CHECK (stream_id ~ '^[!-~]{1,200}$'),
    version        integer     NOT NULL CHECK (version > 0),            -- 1..n within the stream
    event_id       uuid        NOT NULL UNIQUE,                         -- derived from business keys: the idempotency key
    command_id     uuid        NOT NULL,                                -- the events of one command share it
    event_type     text        NOT NULL CHECK (event_type ~ '^[A-Za-z][A-Za-z0-9]{0,99}$'),
    schema_version smallint    NOT NULL CHECK (schema_version > 0),
    payload        bytea       NOT NULL CHECK (octet_length(payload) <= 1048576),  -- exact RFC 8785 bytes; what is hashed
    payload_json   jsonb       NOT NULL,                                -- derived for queries; never hashed
    meta           bytea       NOT NULL CHECK (octet_length(meta) <= 65536),
    fingerprint    bytea       NOT NULL,                                -- what makes two appends the same
    recorded_at    timestamptz NOT NULL,                                -- never earlier than the event before
    leaf           bytea       NOT NULL,                                -- RFC 6962 leaf hash of the canonical envelope
    UNIQUE (stream_id, version)
);

CREATE INDEX events_command ON ledger.events (command_id);
CREATE INDEX events_recorded ON ledger.events USING brin (recorded_at);

CREATE FUNCTION ledger.refuse_change() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the ledger is append-only: % of ledger.events is refused', lower(TG_OP)
        USING ERRCODE = 'integrity_constraint_violation';
END $$;

CREATE TRIGGER events_are_kept BEFORE UPDATE OR DELETE ON ledger.events
    FOR EACH ROW EXECUTE FUNCTION ledger.refuse_change();
CREATE TRIGGER events_are_not_truncated BEFORE TRUNCATE ON ledger.events
    FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();
ALTER TABLE ledger.events ENABLE ALWAYS TRIGGER events_are_kept;
ALTER TABLE ledger.events ENABLE ALWAYS TRIGGER events_are_not_truncated;

CREATE FUNCTION ledger.fingerprint(
    stream_id text, version integer, event_type text, schema_version smallint, payload bytea
) RETURNS bytea LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT sha256(convert_to(concat_ws('|', stream_id, version, event_type, schema_version), 'UTF8')
                  || '|'::bytea || sha256(payload))
$$;

-- The canonical envelope is RFC 8785 JSON: keys in order, all values plain ASCII or digests, so no escaping is needed.
CREATE FUNCTION ledger.leaf(
    "position" bigint, stream_id text, version integer, event_id uuid, command_id uuid, event_type text,
    schema_version smallint, payload bytea, meta bytea, recorded_at timestamptz
) RETURNS bytea LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT sha256('\x00'::bytea || convert_to(
        '{"command_id":"' || command_id
        || '","event_id":"' || event_id
        || '","event_type":"' || event_type
        || '","meta_sha256":"' || encode(sha256(meta), 'hex')
        || '","payload_sha256":"' || encode(sha256(payload), 'hex')
        || '","position":' || "position"
        || ',"recorded_at":"' || to_char(recorded_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
        || '","schema_version":' || schema_version
        || ',"stream_id":' || to_json(stream_id)
        || ',"version":' || version || '}', 'UTF8'))
$$;

-- Append many commands in one call. Nothing raises for a command's own fault: each is answered by
--   OK         its events are recorded
--   REPLAY     the same events were recorded before; their places are returned
--   KEY_REUSE  an event id was used before for other content
--   CONFLICT   the stream is not at the expected version; the true version is returned
CREATE FUNCTION ledger.append_many(
    stream_ids text[], command_ids uuid[], expected_versions integer[], event_counts integer[],
    event_ids uuid[], event_types text[], schema_versions smallint[], payloads bytea[], metas bytea[]
) RETURNS TABLE (command_index integer, status text, first_position bigint, stream_version integer)
LANGUAGE plpgsql VOLATILE SET lock_timeout = '10s' SET search_path = ledger, pg_temp AS $$
DECLARE
    head bigint;
    clock timestamptz;
    first_event integer := 1;
    appended boolean := false;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('ledger.append', 0));
    SELECT position, e.recorded_at INTO head, clock FROM events e ORDER BY position DESC LIMIT 1;
    head := coalesce(head, 0);
    clock := greatest(clock_timestamp(), clock);

    FOR command_index IN 1 .. cardinality(command_ids) LOOP
        DECLARE
            last_event integer := first_event + event_counts[command_index] - 1;
            known integer;
            same integer;
        BEGIN
            SELECT coalesce(max(e.version), 0) INTO stream_version
              FROM events e WHERE e.stream_id = stream_ids[command_index];
            SELECT count(*), count(*) FILTER (WHERE e.fingerprint = fingerprint(
                       stream_ids[command_index], expected_versions[command_index] + i - first_event + 1,
                       event_types[i], schema_versions[i], payloads[i])), min(e.position)
              INTO known, same, first_position
              FROM generate_series(first_event, last_event) i JOIN events e ON e.event_id = event_ids[i];
            IF known > 0 THEN
                PERFORM FROM events e WHERE e.stream_id = stream_ids[command_index]
                    AND e.command_id = command_ids[command_index]
                    AND e.event_id <> ALL (event_ids[first_event:last_event]);
                status := CASE WHEN NOT FOUND AND same = event_counts[command_index] THEN 'REPLAY' ELSE 'KEY_REUSE' END;
            ELSIF stream_version <> expected_versions[command_index] THEN
                status := 'CONFLICT';
                first_position := NULL;
            ELSE
                INSERT INTO events
                SELECT head + n, stream_ids[command_index], stream_version + n, event_ids[i],
                       command_ids[command_index], event_types[i], schema_versions[i], payloads[i],
                       convert_from(payloads[i], 'UTF8')::jsonb, metas[i],
                       fingerprint(stream_ids[command_index], stream_version + n, event_types[i],
                                   schema_versions[i], payloads[i]),
                       clock,
                       leaf(head + n, stream_ids[command_index], stream_version + n, event_ids[i],
                            command_ids[command_index], event_types[i], schema_versions[i], payloads[i], metas[i], clock)
                  FROM generate_series(first_event, last_event) i,
                       LATERAL (SELECT i - first_event + 1 AS n) place;
                status := 'OK';
                first_position := head + 1;
                head := head + event_counts[command_index];
                stream_version := stream_version + event_counts[command_index];
                appended := true;
            END IF;
            first_event := last_event + 1;
            RETURN NEXT;
        END;
    END LOOP;
    IF appended THEN
        PERFORM pg_notify('ledger_head', head::text);
    END IF;
END $$;
