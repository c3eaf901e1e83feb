from tests.fakes.bank import bank

__all__ = ["bank"]
