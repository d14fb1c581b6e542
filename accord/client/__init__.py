"""The application layer: prepare, sign, send and read, whatever program people use."""
