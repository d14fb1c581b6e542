"""The counter's pages: a process of its own, with the logins of the counter, which carries out what people signed."""
