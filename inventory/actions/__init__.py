"""Every write of stock."""

from inventory.actions.consumption import (
    post_consumption,
    prepare_consumption,
    set_consumption_line,
    take_back_consumption,
)
from inventory.actions.setup import remove_template_line, save_item, set_template_line
from inventory.actions.stock import adjust, count, receive

__all__ = [
    "adjust",
    "count",
    "post_consumption",
    "prepare_consumption",
    "receive",
    "remove_template_line",
    "save_item",
    "set_consumption_line",
    "set_template_line",
    "take_back_consumption",
]
