-- The name that a register gives a body, as a key that is equal for every order, spacing and abbreviation of it (registers/matching/identity/keys.py):
-- by it others of the same name are found (rules 3.1). Rows that name no body have none. `accord migrate` fills it for rows that stand already.

SET LOCAL ROLE accord_owner;
ALTER TABLE registers.rows ADD COLUMN name_key integer CHECK (name_key >= 0);
-- Few are equal, and rows without a key are not in it.
CREATE INDEX rows_name ON registers.rows USING hash (name_key);
ALTER TABLE registers.rows
    ALTER COLUMN name_key SET STATISTICS 10,
    ALTER COLUMN name_key SET (n_distinct = -0.4);
RESET ROLE;
