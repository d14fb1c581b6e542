-- The other orders at the end of a past day: whether a line was shown on that day is seen in the index, as in `lines_then`.
-- Without it each line that ended before, and there are more of them every day, was read from the table to be left out.
SET LOCAL ROLE accord_owner;
DROP INDEX projection.lines_then_by_title, projection.lines_then_by_since, projection.lines_then_by_sum;
CREATE INDEX lines_then_by_title ON projection.lines
    (name, generation, (COALESCE(line ->> 'by_title', place) COLLATE "C"), until, since) WHERE until IS NOT NULL AND list = 'partnerships';
CREATE INDEX lines_then_by_since ON projection.lines
    (name, generation, (COALESCE(line ->> 'by_since', place) COLLATE "C"), until, since) WHERE until IS NOT NULL AND list = 'partnerships';
CREATE INDEX lines_then_by_sum ON projection.lines
    (name, generation, (COALESCE(line ->> 'by_amount', place) COLLATE "C"), until, since) WHERE until IS NOT NULL AND list = 'partnerships';
ALTER INDEX projection.lines_then_by_title ALTER COLUMN 3 SET STATISTICS 0;
ALTER INDEX projection.lines_then_by_since ALTER COLUMN 3 SET STATISTICS 0;
ALTER INDEX projection.lines_then_by_sum ALTER COLUMN 3 SET STATISTICS 0;
-- Each page by words is planned anew, and a plan that looked through the ten thousand most common of them took longer than the page.
ALTER TABLE projection.lines ALTER COLUMN terms SET STATISTICS 100;
RESET ROLE;
