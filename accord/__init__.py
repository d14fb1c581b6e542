"""The command line, the client code behind it, the audit, a worker's background checks, and the demo."""
