-- One clock for everything that is recorded. A simulation replaces this function in a database of its own, as its
-- owner; no role that works here can, and no setting of a session moves it.

CREATE FUNCTION ledger.now() RETURNS timestamptz LANGUAGE sql VOLATILE AS $$ SELECT clock_timestamp() $$;
ALTER FUNCTION ledger.now() OWNER TO accord_owner;
GRANT USAGE ON SCHEMA ledger TO accord_payer;

CREATE OR REPLACE FUNCTION ledger.take_turn(OUT head bigint, OUT clock timestamptz) LANGUAGE plpgsql AS $$
BEGIN
    LOCK TABLE ledger.turn IN EXCLUSIVE MODE;
    SELECT position, recorded_at INTO head, clock FROM ledger.events ORDER BY position DESC LIMIT 1;
    head := coalesce(head, 0);
    clock := greatest(ledger.now(), clock);
END $$;

-- Every column that dates its own row.
DO $$
DECLARE
    dated record;
BEGIN
    FOR dated IN
        SELECT d.adrelid::regclass AS relation, a.attname AS name
          FROM pg_attrdef d JOIN pg_attribute a ON (a.attrelid, a.attnum) = (d.adrelid, d.adnum)
         WHERE pg_get_expr(d.adbin, d.adrelid) = 'clock_timestamp()'
    LOOP
        EXECUTE format('ALTER TABLE %s ALTER COLUMN %I SET DEFAULT ledger.now()', dated.relation, dated.name);
    END LOOP;
END $$;
