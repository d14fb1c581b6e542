"""Papers for those who work with them: where they are kept, which a partnership names, and copies to take home."""
