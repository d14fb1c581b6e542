"""`make bench-desk`: twelve tasks of four roles at browsers, with their clicks, fields, pages and seconds."""
