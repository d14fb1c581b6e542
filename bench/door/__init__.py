"""`make bench-door`: open forms that are saved, papers, and the last minute, each beside the console's pages."""
