"""Names of people: encrypted under a key per person, and forgotten for good when the key is destroyed."""
