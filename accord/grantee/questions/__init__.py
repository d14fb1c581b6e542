"""Questions of a form: how each is asked, read, and said again."""
