"""What people do with Accord, whatever they do it with: prepare, sign, send, and read."""
