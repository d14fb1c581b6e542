-- By whom and for what money is proposed, so that the sums of one payee, and the parts of one purpose, are found at once
-- when an approval is counted (R33). Digests, since an index takes no long text; lax paths, so that no event is refused.

CREATE SCHEMA payees AUTHORIZATION accord_owner;
SET LOCAL ROLE accord_owner;
GRANT USAGE ON SCHEMA payees TO accord_reader;

-- Case and punctuation make no other name or purpose.
CREATE FUNCTION payees.words_of(text text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT btrim(regexp_replace(lower(text), '\W+', ' ', 'g'))
$$;
GRANT EXECUTE ON FUNCTION payees.words_of TO accord_reader;

CREATE FUNCTION payees.keys_of(payload bytea) RETURNS text[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT array_remove(ARRAY[
               'ein ' || (leg #>> '{payee,ein}'),
               'name ' || encode(sha256(convert_to(payees.words_of(concat_ws(' ', leg #>> '{payee,country}',
                                                                   leg #>> '{payee,name}')), 'UTF8')), 'hex'),
               'purpose ' || encode(sha256(convert_to(payees.words_of(concat_ws(' ', leg ->> 'funder',
                                                                      leg ->> 'purpose')), 'UTF8')), 'hex')], NULL)
           || ARRAY['agreement ' || coalesce(proposed ->> 'under', proposed ->> 'reference', '')]
           || ARRAY(SELECT 'paper ' || (paper #>> '{}')
                      FROM jsonb_path_query(leg, 'lax $.payee.papers[*].sha256') paper)
      FROM (SELECT p, p -> 'funds_out' FROM (SELECT convert_from(payload, 'UTF8')::jsonb -> 'proposal') q(p))
           proposals(proposed, leg)
     WHERE jsonb_typeof(leg) = 'object'
$$;
GRANT EXECUTE ON FUNCTION payees.keys_of TO accord_reader;

CREATE INDEX events_payees ON ledger.events USING gin (payees.keys_of(payload))
    WHERE event_type IN ('PartnershipProposed', 'ProposalRevised', 'ProposalAmended');
RESET ROLE;
