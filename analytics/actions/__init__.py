"""Writes of what leaves the clinic in one piece: day packs, whole records."""

from analytics.actions.day_pack import current_pack, make_pack, make_packs
from analytics.actions.exports import ask_record, forget_records, make_record

__all__ = ["ask_record", "current_pack", "forget_records", "make_pack", "make_packs", "make_record"]
