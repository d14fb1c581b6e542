"""Authenticators in software: passkeys, and the maker who vouches for them."""
