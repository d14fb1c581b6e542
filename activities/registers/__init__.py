"""Activities that follow the registers: fetch them from their publishers, and look again when they change."""
