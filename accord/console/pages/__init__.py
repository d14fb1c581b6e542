"""Pages that are read: the queue, lists, a partnership, figures, and how all of them are rendered."""
