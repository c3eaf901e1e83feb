"""What the tests of messages share."""

from tests.fakes.gateway import gateway

__all__ = ["gateway"]
