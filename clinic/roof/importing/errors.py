"""What can be wrong with a file, and with one row of it."""


class FileProblem(Exception):
    """The file as a whole cannot be read; the text says where and why."""


class RowProblem(Exception):
    """One row is refused; the text says why."""
