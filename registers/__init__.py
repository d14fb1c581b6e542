"""Public registers: load a publisher's own file as a version, look organisations up by EIN, screen names."""
