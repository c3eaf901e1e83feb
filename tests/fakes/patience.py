"""How long a test waits for a stand-in: briefly only where it is slow by design; a busy machine fails nothing."""

import pytest

BRIEF, LONG = 0.8, 10.0
SLOW_MODES = {"slow", "drip"}


def patience(request: pytest.FixtureRequest) -> float:
    """The deadline of an exchange in seconds, by the fault that the test is about."""
    case = getattr(request.node, "callspec", None)
    told = repr(list(case.params.values())) if case else ""
    return BRIEF if any(repr(mode) in told for mode in SLOW_MODES) else LONG
