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

-- In whose agreements an account stands, so that partnerships that share one are found when they count together (R33).
CREATE FUNCTION payees.account_of(payload bytea) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT convert_from(payload, 'UTF8')::jsonb #>> '{account,reference}'
$$;
GRANT EXECUTE ON FUNCTION payees.account_of TO accord_reader;

CREATE INDEX events_accounts ON ledger.events (payees.account_of(payload)) WHERE event_type = 'AgreementSigned';

-- In which partnerships a refund of one booking is on record, however its reference was written: two recorded before bookings had
-- streams of their own are found as well. The same rule as domain/payment/bookings.py, which a test compares.
CREATE FUNCTION payees.reference_key(reference text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT regexp_replace(regexp_replace(upper(normalize(reference, NFKC)), '[^[:alnum:]]', '', 'g'),
                          '^0*([[:alpha:]]*)0*(?=.)', '\1')
$$;
GRANT EXECUTE ON FUNCTION payees.reference_key TO accord_reader;

-- A digest, since an index takes no long text.
CREATE FUNCTION payees.refund_of(payload bytea) RETURNS bytea LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT sha256(convert_to(payees.reference_key(convert_from(payload, 'UTF8')::jsonb #>> '{bank_reference}'), 'UTF8'))
$$;
GRANT EXECUTE ON FUNCTION payees.refund_of TO accord_reader;

CREATE INDEX events_refunds ON ledger.events (payees.refund_of(payload)) WHERE event_type = 'RefundRecorded';
RESET ROLE;
