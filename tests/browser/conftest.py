"""Browser tests."""

from tests.browser.fixtures import *  # noqa: F403 (fixtures)
