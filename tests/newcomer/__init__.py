"""A newcomer's tasks, done in a copy of the tree: how many places each touches, and that the copy then works."""
