-- What is appended comes in plain lists, and a command's events stand in one stream: what a task may append is asked event by
-- event, so that no event may land in another place than the one it was asked for.

SET LOCAL ROLE accord_owner;
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
