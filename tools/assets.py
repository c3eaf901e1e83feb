"""Build what the browser gets and the compiled translations: `python tools/assets.py [bundle] [translations] [static]`.

Each step is skipped while the hash of what it reads is the one it last saw (kept in `.venv/assets.json`).
"""

import fcntl
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FRONTEND = ROOT / "frontend"
DIST = ROOT / "static" / "dist"
COLLECTED = ROOT / "staticfiles"
BIN = Path(sys.executable).parent
MEMORY = Path(sys.prefix) / "assets.json"
NOT_OURS = {"node_modules", "__pycache__", ".git", ".venv", ".state", "staticfiles", "dist", "tests"}


def main(steps: list[str]) -> None:
    """Do the steps that are wanted and not yet done; other processes wait."""
    with (Path(sys.prefix) / "assets.lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        for name, (inputs, output, step) in STEPS.items():
            if steps and name not in steps:
                continue
            print_of = _hash(inputs())
            if _memory().get(name) != print_of or not output.exists():
                step()
                MEMORY.write_text(json.dumps(_memory() | {name: print_of}, indent=1))


def packages() -> None:
    """Lay `frontend/node_modules` as the lock file says; no package's script runs."""
    print("Installing frontend/package-lock.json", flush=True)
    _npm("ci", "--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error")


def bundle() -> None:
    """Style sheets, scripts, icons and fonts into `static/dist`."""
    print("Building the front end", flush=True)
    node = shutil.which("node", path=_node_path()) or "node"
    _run([node, "build.mjs"], cwd=FRONTEND, env=os.environ | {"PATH": _node_path()})


def translations() -> None:
    """The `.mo` files that Django reads."""
    _run([sys.executable, "tools/i18n.py", "compile"])


def static() -> None:
    """Every static file, hashed and compressed, into `staticfiles`."""
    print("Collecting static files", flush=True)
    # Needs no service, so none is started: addresses and key are only there to be named.
    nowhere = {"DATABASE_URL": "postgresql://u:p@127.0.0.1:1/x", "REDIS_URL": "redis://127.0.0.1:1/0"}
    env = os.environ | nowhere | {"SECRET_KEY": "x" * 50, "ALLOWED_HOSTS": "localhost", "DEMO": "", "DEBUG": ""}
    shutil.rmtree(COLLECTED, ignore_errors=True)
    _run([sys.executable, "manage.py", "collectstatic", "--noinput", "--verbosity=0"], env=env)


def _npm(*words: str) -> None:
    path = _node_path()
    _run([shutil.which("npm", path=path) or "npm", *words], cwd=FRONTEND, env=os.environ | {"PATH": path})


def _node_path() -> str:
    """The search path with a Node of 20 or more first: the system's, else one among the Python packages."""
    path = os.environ.get("PATH", "")
    if _node_version(path) >= 20 and shutil.which("npm", path=path):
        return path
    own = f"{BIN}{os.pathsep}{path}"
    if _node_version(own) < 20:
        _run([sys.executable, "tools/venv.py", "node"])
    return own


def _node_version(path: str) -> int:
    node = shutil.which("node", path=path)
    text = subprocess.run([node, "--version"], capture_output=True, text=True).stdout if node else ""
    found = re.match(r"v(\d+)", text)
    return int(found[1]) if found else 0


def _run(words: list[str], **options: object) -> None:
    done = subprocess.run(words, stdin=subprocess.DEVNULL, **({"cwd": ROOT} | options))  # type: ignore[call-overload]  # options of subprocess.run as they are
    if done.returncode != 0:
        sys.exit(f"This failed with exit code {done.returncode}: {' '.join(words)}")


def _files(folder: Path, *suffixes: str) -> Iterable[Path]:
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if name not in NOT_OURS and not name.startswith("."))
        yield from (Path(place, name) for name in sorted(names) if not suffixes or name.endswith(suffixes))


def _hash(paths: Iterable[Path]) -> str:
    total = hashlib.sha256()
    for path in sorted(set(paths)):
        total.update(f"{path.relative_to(ROOT)}\0{path.stat().st_size}\0".encode())
        total.update(path.read_bytes())
    return total.hexdigest()


def _memory() -> dict[str, str]:
    try:
        return json.loads(MEMORY.read_text())
    except (FileNotFoundError, json.JSONDecodeError):
        return {}


def _bundled() -> Iterable[Path]:
    # Tailwind reads class names from templates and from the code that writes markup.
    return [
        *_files(FRONTEND),
        *_files(ROOT, ".html"),
        *_files(ROOT / "clinic" / "shared", ".py"),
        *_files(ROOT / "demo"),
    ]


def _collected() -> Iterable[Path]:
    locks = (ROOT / "requirements").glob("*.txt")
    return [*_bundled(), *_files(ROOT / "static"), *(ROOT / "static" / "dist").rglob("*.css"), *locks]


STEPS = {
    "packages": (lambda: [FRONTEND / "package-lock.json"], FRONTEND / "node_modules", packages),
    "bundle": (_bundled, DIST, bundle),
    "translations": (
        lambda: [*_files(ROOT, ".py", ".html", ".json", ".po")],
        ROOT / "locale" / "fa" / "LC_MESSAGES" / "django.mo",
        translations,
    ),
    "static": (_collected, COLLECTED / "staticfiles.json", static),
}

if __name__ == "__main__":
    main(sys.argv[1:])
