"""A written name beside a registered body's: the words of both, its place, and others of the name."""
