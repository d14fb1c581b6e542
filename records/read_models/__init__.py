"""Read models: what staff look at, folded from the ledger by the domain's own functions. Nothing here decides.

Each projection is a pure function over the events of one stream; the ledger's projector stores what it returns, and
views of the database (`deploy/migrations`) lay it out for people who read with SQL.
"""
