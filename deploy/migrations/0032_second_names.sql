-- The further name that a register gives a body (SORT_NAME), as a key like that of its first name (0031): a body that bears another's name by that alone
-- is found too (rules 3.1). 0 where a row gives none, so that a row without a key is told from it. `accord migrate` fills it for rows that stand
-- already; what a loader of an earlier release brings is refused for its first name's key.

SET LOCAL ROLE accord_owner;
ALTER TABLE registers.rows ADD COLUMN second_key integer;
CREATE INDEX rows_second_name ON registers.rows USING hash (second_key) WHERE second_key > 0;
ALTER TABLE registers.rows ALTER COLUMN second_key SET STATISTICS 10;
RESET ROLE;
