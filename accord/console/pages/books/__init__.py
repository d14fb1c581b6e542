"""Pages on the book: its lists as of two dates, and the periods with their exports."""
