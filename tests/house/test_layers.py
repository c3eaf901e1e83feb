"""Apps know only what stands below them: imports, relations, events."""

import ast
import importlib
import subprocess
import sys
from pathlib import Path

import pytest
from django.apps import apps

from clinic.shared import events
from tests.house.source import APPS, ROOT, python_files, relative

pytestmark = pytest.mark.no_database
ORDER = [
    {"shared"},
    {"accounts"},
    {"patients"},
    {"loyalty"},
    {"scheduling"},
    {"emr", "inventory"},
    {"finance"},
    {"messaging"},
    {"tenants", "analytics"},
]
LEVEL = {label: place for place, labels in enumerate(ORDER) for label in labels}


def test_import_linter_is_content() -> None:
    command = [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-3000:]


def test_no_relation_points_upward() -> None:
    upward = [
        f"{model._meta.label}.{field.name} -> {field.related_model._meta.label}"
        for model in apps.get_models(include_auto_created=True)
        for field in model._meta.get_fields()
        if field.is_relation and not field.auto_created and field.related_model
        if LEVEL.get(field.related_model._meta.app_label, -1) > LEVEL.get(model._meta.app_label, 99)
    ]
    assert upward == []


def test_no_clinic_table_points_at_the_platform() -> None:
    pointing = [
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models(include_auto_created=True)
        for field in model._meta.get_fields()
        if model._meta.app_label != "tenants" and field.is_relation and field.related_model
        if field.related_model._meta.app_label == "tenants" and not field.auto_created
    ]
    assert pointing == []


def test_every_event_has_one_handler() -> None:
    said = set()
    for app in [*APPS, "clinic.patients", "clinic.accounts"]:
        try:
            module = importlib.import_module(f"{app}.events")
        except ModuleNotFoundError:
            continue
        said |= {v for v in vars(module).values() if isinstance(v, type) and v.__module__ == module.__name__}
    assert said == set(events.handlers())


def test_only_the_one_page_knows_many_apps_actions() -> None:
    guilty = {}
    for path in python_files():
        known = {
            node.module.split(".")[0]
            for node in ast.walk(ast.parse(path.read_text()))
            if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[-1] == "actions"
            if node.module.split(".")[0] in APPS
        }
        if len(known) >= 3 and not relative(path).startswith(("clinic/workflows", "clinic/roof/", "demo/")):
            guilty[relative(path)] = known
    assert guilty == {}


def test_workflows_fit_on_a_page() -> None:
    assert len((ROOT / "clinic/workflows.py").read_text().splitlines()) <= 300
