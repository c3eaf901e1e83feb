"""Faults under load: what was answered must be true afterwards, whatever was killed meanwhile."""
