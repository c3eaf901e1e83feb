"""HTTP API of scheduling."""
