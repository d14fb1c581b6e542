"""The console: pages on which staff read partnerships and decide, and a page of its own on which they sign."""
