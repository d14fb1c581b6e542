"""The four readers of money, each with its own small code, and with no module that another one imports."""
