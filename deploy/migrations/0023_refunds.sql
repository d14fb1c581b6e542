-- In which partnerships a refund of one booking is on record, however its reference was written: two recorded before bookings had
-- streams of their own are found as well. The same rule as domain/payment/bookings.py, which a test compares.

SET LOCAL ROLE accord_owner;

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
