"""The common parts of processes with pages: sign-in, sessions, limits, safety, and the frame of a page."""
