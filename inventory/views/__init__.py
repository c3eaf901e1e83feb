"""Pages and fragments of stock."""
