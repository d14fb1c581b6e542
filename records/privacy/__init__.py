"""Names of people: encrypted under a key per person, and unreadable for good once the key is destroyed."""
