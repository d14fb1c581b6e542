"""The programs that people run: the shell, the client that it sends through, the audit, the demo."""
