"""What the house tests look at: our own files and functions."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
APPS = ["tenants", "scheduling", "emr", "finance", "inventory", "loyalty", "analytics", "messaging"]
FOUNDATION = ["clinic/accounts", "clinic/patients"]
CODE = [*APPS, "clinic", "demo"]


def python_files(*folders: str) -> Iterator[Path]:
    """Our Python files, without migrations."""
    for folder in folders or CODE:
        for path in sorted((ROOT / folder).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path


def relative(path: Path) -> str:
    """The path as a reader names it."""
    return path.relative_to(ROOT).as_posix()


def functions(path: Path) -> Iterator[tuple[str, int]]:
    """(name, lines) of every function of a file."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name, (node.end_lineno or node.lineno) - node.lineno + 1
