"""The doctor's pages, one module a screen."""
