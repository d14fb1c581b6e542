"""The serving of the console: two applications, sign-in, sessions, limits, and the browser's safety."""
