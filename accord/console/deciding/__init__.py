"""Pages that prepare decisions and sign them: forms, drafts, batches, statements."""
