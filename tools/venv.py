"""Make `.venv` hold exactly what a lock file says: `python3 tools/venv.py base|dev|node`. Standard library only.

A stamp named by the hash of the lock file says that the work is done, so that a second call takes no time.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
# What is installed by the wider lock file satisfies the narrower one too.
WIDER = {"base": ["base", "dev"], "dev": ["dev"], "node": ["node"]}


def main(which: str) -> None:
    """Install `which` unless its stamp says that it is there."""
    with (ROOT / ".venv.lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        if not _has_python():
            _make()
        if not any(_stamp(name).exists() for name in WIDER[which]):
            _install(which)


def _has_python() -> bool:
    return PYTHON.exists() and subprocess.run([PYTHON, "-c", "import pip"], capture_output=True).returncode == 0


def _make() -> None:
    words = [sys.executable, "-m", "venv", "--clear", str(VENV)]
    print("Making .venv", flush=True)
    if subprocess.run(words, capture_output=True).returncode == 0:
        return
    if os.geteuid() == 0 and shutil.which("apt-get"):
        # Debian keeps this part of Python in a package of its own.
        print("Installing Debian's python3-venv", flush=True)
        subprocess.run(["apt-get", "update", "-q"], check=True, stdout=subprocess.DEVNULL)
        subprocess.run(["apt-get", "install", "-q", "-y", "python3-venv"], check=True, stdout=subprocess.DEVNULL)
    if subprocess.run(words).returncode != 0:
        sys.exit("Python could not make a virtual environment. On Debian, install the package python3-venv.")


def _install(which: str) -> None:
    print(f"Installing requirements/{which}.txt", flush=True)
    # One package comes as source only: it is built with our own pinned tools, not with whatever is newest today.
    _pip("build", "--upgrade")
    _pip(which, "--no-build-isolation", "--use-pep517")
    for old in VENV.glob(f".stamp-{which}-*"):
        old.unlink()
    _stamp(which).touch()


def _pip(which: str, *options: str) -> None:
    words = "-m pip install -qq --disable-pip-version-check --no-deps --require-hashes".split()
    if subprocess.run([PYTHON, *words, *options, "-r", str(_lock_file(which))], cwd=ROOT).returncode != 0:
        sys.exit(f"The packages of requirements/{which}.txt could not be installed; pip says why above.")


def _stamp(which: str) -> Path:
    return VENV / f".stamp-{which}-{hashlib.sha256(_lock_file(which).read_bytes()).hexdigest()[:16]}"


def _lock_file(which: str) -> Path:
    return ROOT / "requirements" / f"{which}.txt"


if __name__ == "__main__":
    main(sys.argv[1])
