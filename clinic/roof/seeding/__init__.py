"""Plausible history in bulk, the same for the same seed: for measuring, and for the demo's two years."""
