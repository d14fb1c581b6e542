"""Pages to read: the queue, lists, a partnership, figures, and the rendering of all of them."""
