"""Every write of scheduling, by name: `from scheduling import actions; actions.book(…)`."""
