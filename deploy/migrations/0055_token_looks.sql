-- The newest look of each token of the HTTP API, without reading the whole access log: the console shows it to operators.

SET LOCAL ROLE accord_owner;
CREATE INDEX looks_of_tokens ON console.looks (staff_id, at) WHERE staff_id LIKE 'T-%';
RESET ROLE;
