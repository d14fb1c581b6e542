"""The publishers and their formats: one file a publisher."""
