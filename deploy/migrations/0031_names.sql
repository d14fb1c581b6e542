-- The name that a register gives a body, as a key that is equal for every order, spacing and abbreviation of it (registers/matching/identity/keys.py):
-- by it others of the same name are found (rules 3.1). Rows that name no body have none. `accord migrate` fills it for rows that stand already.

SET LOCAL ROLE accord_owner;
ALTER TABLE registers.rows ADD COLUMN name_key integer;
-- A loader of an earlier release gives no keys, and others of its rows' names would not be found: what it brings is refused. Rows that stand
-- are not asked, since they get theirs afterwards.
ALTER TABLE registers.rows
    ADD CONSTRAINT rows_name_key CHECK (coalesce(name_key, -1) >= 0 OR kind NOT IN ('bmf', 'pub78')) NOT VALID;
-- Few are equal, and rows without a key are not in it.
CREATE INDEX rows_name ON registers.rows USING hash (name_key);
ALTER TABLE registers.rows
    ALTER COLUMN name_key SET STATISTICS 10,
    ALTER COLUMN name_key SET (n_distinct = -0.4);
RESET ROLE;
