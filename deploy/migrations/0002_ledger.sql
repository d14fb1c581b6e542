-- The ledger: one totally ordered, append-only table, and the one function that appends to it.
-- Order is assigned and committed under one lock, so a visible position N implies that 1..N-1 are visible.
-- It knows bytes and streams. Who may append what is decided outside it, by those who are let through to its function.

CREATE SCHEMA ledger AUTHORIZATION accord_owner;
SET LOCAL ROLE accord_owner;

CREATE TABLE ledger.events (
    position       bigint      PRIMARY KEY CHECK (position > 0),         -- 1..n, gapless
    stream_id      text        COLLATE "C" NOT NULL CHECK (length(stream_id) BETWEEN 1 AND 200 AND stream_id !~ '[^!-~]'),
    version        integer     NOT NULL CHECK (version > 0),             -- 1..n within the stream
    event_id       uuid        NOT NULL UNIQUE,                          -- derived from business keys: the idempotency key
    command_id     uuid        NOT NULL,                                 -- the events of one command share it
    event_type     text        COLLATE "C" NOT NULL
                               CHECK (length(event_type) BETWEEN 1 AND 100 AND event_type ~ '^[A-Za-z][A-Za-z0-9]*$'),
    schema_version smallint    NOT NULL CHECK (schema_version > 0),
    payload        bytea       NOT NULL CHECK (octet_length(payload) <= 1048576)   -- exact RFC 8785 bytes; what is hashed
                               CHECK (payload IS JSON),
    meta           bytea       NOT NULL CHECK (octet_length(meta) <= 65536),
    recorded_at    timestamptz NOT NULL,                                 -- never earlier than the event before
    leaf           bytea       NOT NULL,                                 -- RFC 6962 leaf hash of the canonical envelope
    UNIQUE (stream_id, version)
);
CREATE INDEX events_recorded ON ledger.events USING brin (recorded_at);

CREATE VIEW ledger.readable AS
    SELECT position, stream_id, version, event_type, recorded_at, convert_from(payload, 'UTF8')::jsonb AS payload,
           convert_from(meta, 'UTF8')::jsonb AS meta, command_id, event_id
      FROM ledger.events;

-- The perfect subtrees of the Merkle tree at every eighth height; derived from the leaves, and checked against them.
CREATE TABLE ledger.nodes (
    height smallint NOT NULL CHECK (height > 0 AND height % 8 = 0),
    index  bigint   NOT NULL CHECK (index >= 0),
    hash   bytea    NOT NULL CHECK (octet_length(hash) = 32),
    PRIMARY KEY (height, index)
);

-- Whoever appends holds this. A table, because anybody who may log in can hold an advisory lock, and stop the writers.
CREATE TABLE ledger.append_lock ();

CREATE FUNCTION ledger.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
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

-- One clock for everything that is recorded. A simulation replaces this function in a database of its own, as its
-- owner; no role that works here can, and no setting of a session moves it.
CREATE FUNCTION ledger.now() RETURNS timestamptz LANGUAGE sql VOLATILE AS $$ SELECT clock_timestamp() $$;
GRANT EXECUTE ON FUNCTION ledger.now TO PUBLIC;

-- Which database this is: another one for a dump that was loaded and for a copy beside it, and from another timeline on
-- after a restore to an earlier point and after a standby took over. A simulation replaces it as it does the clock.
CREATE FUNCTION ledger.installation() RETURNS text LANGUAGE sql STABLE AS $$
    SELECT format('%s/%s/%s', (SELECT system_identifier FROM pg_control_system()),
                  (SELECT oid FROM pg_database WHERE datname = current_database()),
                  CASE WHEN pg_is_in_recovery() THEN 'standby'
                       ELSE left(pg_walfile_name(pg_current_wal_insert_lsn()), 8) END)
$$;
GRANT EXECUTE ON FUNCTION ledger.installation TO PUBLIC;

-- Once the transaction of this is committed, a standby has all that was visible before, where the server is told that one
-- must have it (synchronous_standby_names).
CREATE FUNCTION ledger.confirm() RETURNS void LANGUAGE sql VOLATILE AS $$
    SELECT pg_logical_emit_message(true, 'accord', '')::text::void
$$;
GRANT EXECUTE ON FUNCTION ledger.confirm TO PUBLIC;

-- The canonical envelope is RFC 8785 JSON: keys in order, all values plain ASCII or digests, so no escaping is needed.
-- As volatile as what it calls, so that the planner inlines it.
CREATE FUNCTION ledger.leaf(
    "position" bigint, stream_id text, version integer, event_id uuid, command_id uuid, event_type text,
    schema_version smallint, payload bytea, meta bytea, recorded_at timestamptz
) RETURNS bytea LANGUAGE sql STABLE PARALLEL SAFE AS $$
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

-- The newest position and the time that what comes next is recorded at, for the one who may append now.
CREATE FUNCTION ledger.take_append_lock(OUT head bigint, OUT clock timestamptz) LANGUAGE plpgsql AS $$
BEGIN
    LOCK TABLE ledger.append_lock IN EXCLUSIVE MODE;
    SELECT position, recorded_at INTO head, clock FROM ledger.events ORDER BY position DESC LIMIT 1;
    head := coalesce(head, 0);
    clock := greatest(ledger.now(), clock);
END $$;

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

-- Append events that are all new, one array element each, and return the position of the first. Returns NULL, and
-- records nothing, if one of them is known or not the next of its stream: then append_each says which.
CREATE FUNCTION ledger.append_new(
    stream_ids text[], versions integer[], command_ids uuid[], event_ids uuid[], event_types text[],
    schema_versions smallint[], payloads bytea[], metas bytea[]
) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    head bigint;
    clock timestamptz;
    placed bigint;
BEGIN
    SELECT t.head, t.clock INTO head, clock FROM ledger.take_append_lock() t;
    placed := ledger.place(head, clock, stream_ids, versions, command_ids, event_ids, event_types, schema_versions,
                           payloads, metas);
    IF placed IS DISTINCT FROM cardinality(event_ids) OR placed = 0 THEN
        RAISE EXCEPTION 'not all of it is new' USING ERRCODE = 'unique_violation';
    END IF;
    PERFORM pg_notify('ledger_head', (head + placed)::text);
    RETURN head + 1;
EXCEPTION WHEN unique_violation THEN
    RETURN NULL;
END $$;

-- Append one command after the head, and answer it.
CREATE FUNCTION ledger.append_one(
    head bigint, clock timestamptz, wanted text, command uuid, expected integer,
    event_ids uuid[], event_types text[], schema_versions smallint[], payloads bytea[], metas bytea[],
    OUT status text, OUT first_position bigint, OUT stream_version integer
) LANGUAGE plpgsql AS $$
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

-- Append commands of so many events each, and answer each by itself.
CREATE FUNCTION ledger.append_each(
    stream_ids text[], versions integer[], command_ids uuid[], event_ids uuid[], event_types text[],
    schema_versions smallint[], payloads bytea[], metas bytea[], event_counts integer[]
) RETURNS TABLE (status text, first_position bigint, stream_version integer) LANGUAGE plpgsql AS $$
DECLARE
    before bigint;
    head bigint;
    clock timestamptz;
    first_event integer := 1;
    last_event integer;
    told_again boolean := false;
BEGIN
    SELECT t.head, t.head, t.clock INTO before, head, clock FROM ledger.take_append_lock() t;
    FOR i IN 1 .. cardinality(event_counts) LOOP
        last_event := first_event + event_counts[i] - 1;
        SELECT a.status, a.first_position, a.stream_version INTO status, first_position, stream_version
          FROM ledger.append_one(head, clock, stream_ids[first_event], command_ids[first_event],
                                 versions[first_event] - 1, event_ids[first_event:last_event],
                                 event_types[first_event:last_event], schema_versions[first_event:last_event],
                                 payloads[first_event:last_event], metas[first_event:last_event]) a;
        head := head + CASE status WHEN 'OK' THEN event_counts[i] ELSE 0 END;
        first_event := last_event + 1;
        told_again := told_again OR status = 'REPLAY';
        RETURN NEXT;
    END LOOP;
    -- What was recorded before may have been recorded without its standby. A commit that writes nothing waits for none.
    IF told_again THEN
        PERFORM ledger.confirm();
    END IF;
    IF head > before THEN
        PERFORM pg_notify('ledger_head', head::text);
    END IF;
END $$;

-- Append many commands in one call: one array element for each event, and how many events each command has.
-- Where all of it is plainly new, which is nearly always, it is placed at once, and one row says NEW and where the first
-- event stands. Otherwise each command is judged, nothing raises for its own fault, and a row each answers
--   OK         its events are recorded
--   REPLAY     the same events were recorded before; their places are returned
--   KEY_REUSE  an event id was used before for other content
--   CONFLICT   the stream is not at the expected version; the true version is returned
CREATE FUNCTION ledger.append(
    stream_ids text[], versions integer[], command_ids uuid[], event_ids uuid[], event_types text[],
    schema_versions smallint[], payloads bytea[], metas bytea[], event_counts integer[]
) RETURNS TABLE (status text, first_position bigint, stream_version integer) LANGUAGE plpgsql
SET lock_timeout = '10s' SET plan_cache_mode = force_generic_plan SET enable_seqscan = off AS $$
BEGIN
    -- A count that is not that of the events would move the head past them and leave a gap.
    IF 1 > ANY (event_counts) OR array_position(event_counts, NULL) IS NOT NULL
       OR cardinality(event_ids) IS DISTINCT FROM (SELECT coalesce(sum(count), 0) FROM unnest(event_counts) count) THEN
        RAISE EXCEPTION 'the events of a batch are not as many as its commands say' USING ERRCODE = 'data_exception';
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

GRANT USAGE ON SCHEMA ledger TO accord_reader;
GRANT SELECT ON ledger.events, ledger.readable, ledger.nodes TO accord_reader;
GRANT INSERT ON ledger.nodes TO accord_signer;
RESET ROLE;
