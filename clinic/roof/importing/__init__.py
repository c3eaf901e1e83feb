"""Patients and visits from another system: dirty files in, one clean transaction, a report of what was refused."""
