"""Loading of registers: fetch a publisher's file, read it row by row, compare and check it, put it in force."""
