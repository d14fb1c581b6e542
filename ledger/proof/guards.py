"""Check the append-only triggers: each exists and is enabled, so that the database refuses to change the record."""

from __future__ import annotations

from typing import Final

from ledger.store import Ledger

TRIGGERS: Final = (
    ("ledger.events", "events_are_kept"),
    ("ledger.events", "events_are_not_truncated"),
    ("payments.accounts", "accounts_are_kept"),
    ("payments.instructions", "instructions_are_frozen"),
    ("payments.instructions", "instructions_are_kept"),
    ("payments.files", "files_are_born_made"),
    ("payments.files", "files_move_forward"),
    ("payments.files", "files_are_kept"),
    ("payments.file_payments", "file_payments_are_kept"),
    ("payments.bank_files", "bank_files_stay"),
    ("payments.bank_files", "bank_files_are_kept"),
    ("payments.account_statements", "account_statements_are_kept"),
    ("payments.stated_entries", "stated_entries_are_kept"),
    ("payments.typed_numbers", "typed_numbers_are_kept"),
    ("payments.entry_owners", "entry_owners_are_kept"),
    ("payments.entries", "entries_are_kept"),
    ("payments.exceptions", "exceptions_are_kept"),
    ("editions.contents", "contents_stay"),
    ("followers.words", "words_stay"),
    ("webhooks.cursors", "guard"),
    ("post.outbox", "guard"),
    ("grantee.submissions", "submissions_stay"),
    ("grantee.submissions", "submissions_are_not_emptied"),
)
"""Each guarded table, with a trigger that refuses changes to it."""

_ON: Final = (
    "SELECT n.nspname || '.' || c.relname, t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
    "JOIN pg_namespace n ON n.oid = c.relnamespace WHERE NOT t.tgisinternal AND t.tgenabled IN ('O', 'A')"
)


async def guards_off(ledger: Ledger) -> list[str]:
    """Return the triggers that are missing or switched off, each as TABLE: TRIGGER."""
    async with ledger.connection() as connection:
        on = {(row[0], row[1]) for row in await connection.fetch(_ON)}
    return [f"{table}: {trigger}" for table, trigger in TRIGGERS if (table, trigger) not in on]
