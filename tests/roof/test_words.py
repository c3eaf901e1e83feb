"""Every name of a table and of a column that the key tables show is written in the reader's language."""

import re

import pytest
from django.db import models
from django.utils import translation

from clinic.accounts.admin import clinic_tables
from clinic.shared.tables import SECRET

KEPT = {"IP", "ATC"}  # Persian has no other word for them


@pytest.mark.no_database
def test_names_of_tables_and_columns_are_persian() -> None:
    found = set()
    with translation.override("fa"):
        for model in clinic_tables._registry:
            options = model._meta
            columns = [f for f in options.concrete_fields if isinstance(f, models.Field) and f.name not in SECRET]
            for name in (options.verbose_name, options.verbose_name_plural, *(f.verbose_name for f in columns)):
                if set(re.findall(r"[A-Za-z]+", str(name))) - KEPT:
                    found.add(f"{options.label}: {name}")
    assert not found, "Name these in clinic/roof/words.py and translate them:\n" + "\n".join(sorted(found))
