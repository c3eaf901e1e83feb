"""Reads over everything: the owner's numbers and the log of changes."""
