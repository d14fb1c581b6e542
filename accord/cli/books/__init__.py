"""Shell commands on the book: what stands in it, its exports, and the periods that two people close."""
