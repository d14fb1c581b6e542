"""The HTTP API, over a database of the tests' own, by the login of its process."""
