"""How the console is served: two applications, who signs in, sessions, limits, and the browser's safety."""
