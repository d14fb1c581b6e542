-- When somebody was erased last: each page of a list as of a time asks, and read every person for it.
SET LOCAL ROLE accord_owner;
CREATE INDEX people_erased ON privacy.people (erased_at) WHERE erased_at IS NOT NULL;
RESET ROLE;
