"""Journeys in a browser."""

from tests.browser.fixtures import *  # noqa: F403 (fixtures)
