"""The lock files agree with each other and name no place to fetch from: `python tools/check_locks.py`."""

import json
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PIN = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)([^\\\n]*)", re.M)


def main() -> int:
    """Print every fault; the exit code says whether there was one."""
    files = {name: (ROOT / "requirements" / f"{name}.txt").read_text() for name in ("build", "base", "dev", "node")}
    base, dev = pins(files["base"]), pins(files["dev"])
    found = [f"base.txt pins {pin}, dev.txt does not" for pin in sorted(base - dev)]
    for name, text in files.items():
        entries, hashes = len(PIN.findall(text)), len(re.findall(r"^\S+==.*\\\n\s+--hash=sha256:", text, re.M))
        if entries != hashes:
            found.append(f"{name}.txt: {entries} packages, {hashes} of them with hashes")
        if re.search(r"https?://|--(?:extra-)?index-url|--find-links", text):
            found.append(f"{name}.txt names a place to fetch from")
    for name, package in json.loads((ROOT / "frontend/package-lock.json").read_text())["packages"].items():
        if name and ("resolved" in package or "integrity" not in package):
            found.append(f"package-lock.json: {name} must have an integrity and no address")
    print("\n".join(found) or f"{len(dev)} Python packages are pinned with hashes")
    return bool(found)


def pins(text: str) -> set[tuple[str, str, str]]:
    """Name, version and marker of each pinned package."""
    return {(name, version, marker.strip()) for name, version, marker in PIN.findall(text)}


if __name__ == "__main__":
    sys.exit(main())
