"""Read models: documents for staff, folded from the ledger by the domain's own functions. They decide nothing.

Each projection is a pure function over the events of one stream. The ledger's projector stores the documents that it
returns, and database views (`deploy/migrations`) present them as tables for queries in SQL.
"""
