-- In whose agreements an account stands, so that partnerships that share one are found when they count together (R33).

SET LOCAL ROLE accord_owner;

CREATE FUNCTION payees.account_of(payload bytea) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT convert_from(payload, 'UTF8')::jsonb #>> '{account,reference}'
$$;
GRANT EXECUTE ON FUNCTION payees.account_of TO accord_reader;

CREATE INDEX events_accounts ON ledger.events (payees.account_of(payload)) WHERE event_type = 'AgreementSigned';
RESET ROLE;
