"""Print the path of a Chromium for the browser tests, and fetch one where there is none: `CHROMIUM`, the path,
Debian's package as root, else Playwright's own. The tests never go without."""

import os
import shutil
import subprocess
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")


def main() -> str:
    """The browser's path; ends with a message where none can be had."""
    return (
        _found()
        or _from_debian()
        or _from_playwright()
        or sys.exit("No Chromium for the browser tests. Install one and name it with CHROMIUM=/path/to/chromium.")
    )


def _found() -> str | None:
    named = os.environ.get("CHROMIUM")
    if named:
        return shutil.which(named) or sys.exit(f"CHROMIUM names {named}, which is no program.")
    return next(filter(None, map(shutil.which, NAMES)), None)


def _from_debian() -> str | None:
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return None
    for words in (["update", "-q"], ["install", "-q", "-y", "--no-install-recommends", "chromium"]):
        subprocess.run(["apt-get", *words], stdout=sys.stderr, check=False, env=os.environ | _QUIET)
    return _found()


def _from_playwright() -> str | None:
    words = [sys.executable, "-m", "playwright", "install", *(["--with-deps"] if os.geteuid() == 0 else []), "chromium"]
    subprocess.run(words, stdout=sys.stderr, check=False)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as tool:
        path = tool.chromium.executable_path
    return path if os.path.exists(path) else None


_QUIET = {"DEBIAN_FRONTEND": "noninteractive"}

if __name__ == "__main__":
    print(main())
