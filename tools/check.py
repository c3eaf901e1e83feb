"""`make check`: every quick check, two at a time, with a line for each; the output of those that failed follows."""

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
PYTHON = sys.executable
# A production's environment; nothing answers at these addresses and nothing needs to.
PRODUCTION = {
    "DATABASE_URL": "postgresql://clinic_app:x@127.0.0.1:1/clinic",
    "OWNER_DATABASE_URL": "postgresql://clinic_owner:x@127.0.0.1:1/clinic",
    "REDIS_URL": "redis://127.0.0.1:1/0",
    "SECRET_KEY": "only-for-checks-0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEFGHIJ",
    "ALLOWED_HOSTS": "clinics.example.com,.clinics.example.com",
    "PLATFORM_HOST": "clinics.example.com",
    "TRUSTED_PROXIES": "1",
    "DEBUG": "",
    "DEMO": "",
    "DJANGO_SETTINGS_MODULE": "clinic.settings",
}


@dataclass
class Step:
    """A program that must end with 0."""

    name: str
    words: list[str]
    env: dict[str, str] = field(default_factory=lambda: PRODUCTION)

    def run(self) -> tuple[bool, float, str]:
        """Whether it did, how long it took, and what it said."""
        start = time.monotonic()
        env = os.environ | self.env | {"TERM": "dumb", "NO_COLOR": "1"}
        done = subprocess.run(
            self.words,
            cwd=ROOT,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        return done.returncode == 0, time.monotonic() - start, done.stdout


STEPS = [
    Step("types", [f"{BIN}/mypy", "--no-error-summary"]),  # the longest first: it runs beside all others
    Step("formatting", [f"{BIN}/ruff", "format", "--check", "--output-format", "concise", "."]),
    Step("lint", [f"{BIN}/ruff", "check", "--output-format", "concise", "."]),
    Step("layers", [f"{BIN}/lint-imports", "--no-cache"]),
    Step("translations", [PYTHON, "tools/i18n.py", "check"]),
    Step("templates", [PYTHON, "tools/lint_templates.py"]),
    Step("production shape", [PYTHON, "tools/check_compose.py"]),
    Step("lock files", [PYTHON, "tools/check_locks.py"]),
    Step("deployment", [PYTHON, "-W", "ignore", "manage.py", "check", "--deploy", "--fail-level", "WARNING"]),
    Step("migrations", [PYTHON, "-W", "ignore", "manage.py", "makemigrations", "--check", "--dry-run"]),
]


def main() -> int:
    """Run all, then show the faults."""
    start = time.monotonic()
    failed: list[tuple[str, str]] = []
    with ThreadPoolExecutor(max_workers=2) as pool:
        runs = [(step, pool.submit(step.run)) for step in STEPS]
        for step, run in [*runs[1:], runs[0]]:
            good, seconds, output = run.result()
            print(f"{'ok  ' if good else 'FAIL'}  {step.name:<18} {seconds:5.1f} s", flush=True)
            if not good:
                failed.append((step.name, output))
    for name, output in failed:
        print(f"\n--- {name}\n{output.rstrip()}")
    print(f"\n{len(STEPS) - len(failed)} of {len(STEPS)} checks passed in {time.monotonic() - start:.0f} s")
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main())
