"""Everything that one `make demo` runs, from nothing to READY and until told to stop."""

import os
import subprocess
import sys
import threading
import time

from clinic import devservices
from clinic.demo_runner.children import TIED, Child
from clinic.demo_runner.parent import Parent
from clinic.demo_runner.probe import not_ready

PATIENCE = 240  # seconds until READY, of which the first demo history takes most
GRACE = 8  # seconds for a server to finish what it is doing


class Demo:
    """The services, the servers, and their order."""

    def __init__(self) -> None:
        self.port = int(os.environ.get("PORT") or 8000)
        self.state = devservices.state_dir()
        self.stopping = threading.Event()
        self.parent = Parent() if "--with-parent" in sys.argv else None
        self.started: set[str] = set()
        self.private = {"postgres": "DATABASE_URL", "valkey": "REDIS_URL"}
        self.wanted = {name for name, variable in self.private.items() if not os.environ.get(variable)}
        self.env = os.environ | {
            "DEMO": "1",
            "PORT": str(self.port),
            "STATE": str(self.state),
            "DJANGO_SETTINGS_MODULE": "clinic.settings",
            "PYTHONUNBUFFERED": "1",
        }
        self.web, self.worker, self.clock = self._children()
        self.children: list[Child] = []

    def _children(self) -> tuple[Child, Child, Child]:
        logs, schedule = self.state / "logs", self.state / "clock" / "schedule"
        for folder in (logs, schedule.parent):
            folder.mkdir(parents=True, exist_ok=True)
        web = [
            "uvicorn",
            "clinic.asgi:application",
            "--host",
            "127.0.0.1",
            "--port",
            str(self.port),
            "--workers",
            "2",
            "--no-proxy-headers",
        ]
        celery = ["celery", "--quiet", "-A", "clinic"]
        worker = [
            "worker",
            "--pool",
            "threads",
            "--concurrency",
            "4",
            "--without-gossip",
            "--without-mingle",
            "-l",
            "INFO",
        ]
        beat = ["beat", "-l", "INFO", "--pidfile=", "-s", str(schedule)]
        return (
            Child("web", ["-m", *web, "--timeout-graceful-shutdown", "3"], self.env, logs / "web.log"),
            Child("worker", ["-m", *celery, *worker], self.env, logs / "worker.log", ready=" ready."),
            Child("clock", ["-m", *celery, *beat], self.env, logs / "clock.log", ready="Starting..."),
        )

    def run(self) -> int:
        """From nothing to READY, then until told to stop. The exit code."""
        try:
            self._services()
            # The second time the schemas are there: web starts while they are looked through.
            again = (self.state / "prepared").exists()
            if again:
                self._launch(self.web)
            self._prepare()
            (self.state / "prepared").touch()
            self._launch(*([] if again else [self.web]), self.worker, self.clock)
            self._wait_until_ready()
            if not self.stopping.is_set():
                print(f"READY http://localhost:{self.port}", flush=True)
            self._watch()
        except (ChildProcessError, devservices.ServiceError) as error:
            print(error, file=sys.stderr, flush=True)
            return 1
        finally:
            self._stop()
        return 0

    def _services(self) -> None:
        # A demo that was killed left its servers and this note: they are the demo's still.
        note = self.state / "demo.owns"
        left = set(note.read_text().split()) if note.exists() else set()
        self.started = self.wanted - (devservices.running(self.state) - left)
        note.write_text(" ".join(sorted(self.started)))
        if self.wanted:
            self._ensure()

    def _ensure(self) -> None:
        devservices.ensure(self.state, database="postgres" in self.wanted, redis="valkey" in self.wanted)

    def _prepare(self) -> None:
        process = subprocess.Popen(
            [*TIED, "-m", "clinic.demo_runner.prepare"],
            env=self.env,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
        while process.poll() is None:
            if self._must_stop():
                process.terminate()
                process.wait()
                return
            time.sleep(0.05)
        if process.returncode != 0:
            raise ChildProcessError("The schemas or the demo clinics could not be made; the reason stands above.")

    def _launch(self, *children: Child) -> None:
        for child in children:
            if not self._must_stop():
                child.start()
                self.children.append(child)

    def _wait_until_ready(self) -> None:
        until = time.monotonic() + PATIENCE
        while not self._must_stop():
            silent = not_ready(self.port)
            silent += [child.name for child in (self.worker, self.clock) if not child.ready.is_set()]
            if not silent:
                return
            if time.monotonic() > until:
                raise ChildProcessError(f"Not ready after {PATIENCE} s: {', '.join(silent)}; see {self.state / 'logs'}")
            for child in self.children:
                child.keep()
            self.stopping.wait(0.2)

    def _watch(self) -> None:
        while not self._must_stop():
            for child in self.children:
                child.keep()
            if self.wanted:
                self._ensure()
            self.stopping.wait(1)

    def _must_stop(self) -> bool:
        if self.parent is not None and self.parent.gone():
            self.stopping.set()
        return self.stopping.is_set()

    def _stop(self) -> None:
        for child in self.children:
            child.ask_to_stop()
        until = time.monotonic() + GRACE
        for child in self.children:
            child.stop(until)
        if self.started:
            devservices.stop(self.state, only=self.started)
        (self.state / "demo.owns").unlink(missing_ok=True)
