-- Comments by when they were recorded, for whoever is named in one: mentions are read at each look at the queue.
SET LOCAL ROLE accord_owner;
CREATE INDEX events_comments ON ledger.events (recorded_at) WHERE event_type = 'CommentMade';
RESET ROLE;
