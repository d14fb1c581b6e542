-- An append reports what it recorded in the statement that recorded it, and the people whom a stream names are found by it.

SET LOCAL ROLE accord_owner;

-- What was recorded from a position on, and the newest event of another stream by then: asked in the statement of the append,
-- under its lock. VOLATILE, and so with a snapshot of its own, in which what was just recorded stands.
CREATE FUNCTION ledger.just_recorded(
    first bigint, size integer, beside text, OUT recorded_at timestamptz, OUT leaves bytea[], OUT newest bytea
) LANGUAGE sql VOLATILE AS $$
    SELECT max(e.recorded_at), array_agg(e.leaf ORDER BY e.position),
           (SELECT b.leaf FROM ledger.events b WHERE b.stream_id = beside ORDER BY b.version DESC LIMIT 1)
      FROM ledger.events e WHERE e.position BETWEEN first AND first + size - 1
$$;
GRANT EXECUTE ON FUNCTION ledger.just_recorded TO accord_reader;

CREATE INDEX mentions_by_stream ON privacy.mentions (stream_id, person);
RESET ROLE;
