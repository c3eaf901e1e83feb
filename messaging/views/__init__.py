"""Pages and fragments of messages and of the call list."""
