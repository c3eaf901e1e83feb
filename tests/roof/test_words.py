"""Every name of a table and of a column that the key tables or the log show is written in the reader's language."""

import re

import pytest
from django.apps import apps
from django.db import models
from django.utils import translation

from clinic.accounts.admin import clinic_tables
from clinic.shared.tables import SECRET
from tenants.provisioning import clinic_labels

KEPT = {"IP", "ATC", "LOINC", "ICD"}  # Persian has no other word for them


@pytest.mark.no_database
def test_names_of_tables_and_columns_are_persian() -> None:
    found = set()
    with translation.override("fa"):
        logged = [m for m in apps.get_models() if hasattr(m, "history") and m._meta.app_label in clinic_labels()]
        for model in {*clinic_tables._registry, *logged}:
            options = model._meta
            columns = [f for f in options.concrete_fields if isinstance(f, models.Field) and f.name not in SECRET]
            for name in (options.verbose_name, options.verbose_name_plural, *(f.verbose_name for f in columns)):
                if set(re.findall(r"[A-Za-z]+", str(name))) - KEPT:
                    found.add(f"{options.label}: {name}")
    assert not found, "Name these in clinic/roof/words.py and translate them:\n" + "\n".join(sorted(found))
