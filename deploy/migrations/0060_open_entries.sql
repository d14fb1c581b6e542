-- The entries of statements that nothing explains, as the worker found them last: who sends mail tells their owners, and reads neither accounts
-- nor the bank's files for it. The table is the worker's word and counts for nothing.

SET LOCAL ROLE accord_owner;
CREATE TABLE post.open_entries (
    entry     text    PRIMARY KEY,        -- the name by which people say what it is, or what it is of
    owner     text    NOT NULL,           -- a person of the directory, or the role of finance
    booked_on date    NOT NULL
);
GRANT SELECT ON post.open_entries TO accord_post, accord_staff;  -- staff look at what their mail will say
GRANT SELECT, INSERT, DELETE ON post.open_entries TO accord_worker;
RESET ROLE;
