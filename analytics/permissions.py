"""Which tables' changes an owner may see: everything but what is clinical."""

CLINICAL = "emr."


def visible_tables(labels: set[str]) -> set[str]:
    """The log shows that medical records changed to nobody but those who may read them; owners may not."""
    return {label for label in labels if not label.startswith(CLINICAL)}
