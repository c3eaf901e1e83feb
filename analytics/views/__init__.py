"""Pages of the top: the clinic in numbers, the log, the pack for the time without a network."""
