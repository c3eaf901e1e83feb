"""Forms of scheduling: shape only, the rules are in actions."""
