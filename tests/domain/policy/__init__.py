"""The rule book as executable specifications: its two editions, the worked cases, and the laws that bind both."""
