"""How long a test waits for a stand-in: briefly only where it is slow by design, so that a busy machine fails nothing."""

import pytest

BRIEF, LONG = 0.8, 10.0
SLOW_MODES = {"slow", "drip"}


def patience(request: pytest.FixtureRequest) -> float:
    """The deadline of an exchange in seconds, by the fault that the test is about."""
    case = getattr(request.node, "callspec", None)
    return BRIEF if case and SLOW_MODES & {each for each in case.params.values() if isinstance(each, str)} else LONG
