-- The other orders of the list of partnerships at the end of a past day, as `lines_then` is for its own: without them each
-- such page sorts every line of that day. They keep no statistics: those would keep titles that are gone.
SET LOCAL ROLE accord_owner;
CREATE INDEX lines_then_by_title ON projection.lines (name, generation, COALESCE(line ->> 'by_title', place) COLLATE "C")
    WHERE until IS NOT NULL AND list = 'partnerships';
CREATE INDEX lines_then_by_since ON projection.lines (name, generation, COALESCE(line ->> 'by_since', place) COLLATE "C")
    WHERE until IS NOT NULL AND list = 'partnerships';
CREATE INDEX lines_then_by_sum ON projection.lines (name, generation, COALESCE(line ->> 'by_amount', place) COLLATE "C")
    WHERE until IS NOT NULL AND list = 'partnerships';
ALTER INDEX projection.lines_then_by_title ALTER COLUMN 3 SET STATISTICS 0;
ALTER INDEX projection.lines_then_by_since ALTER COLUMN 3 SET STATISTICS 0;
ALTER INDEX projection.lines_then_by_sum ALTER COLUMN 3 SET STATISTICS 0;
RESET ROLE;
