"""What can be said of the production shape without a container engine: `python tools/check_compose.py`."""

import re
import sys
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parent.parent
SERVICES = {"postgres", "pgbouncer", "valkey", "upgrade", "web", "ws", "worker", "clock", "proxy"}
SECRETS = {"SECRET_KEY", "POSTGRES_PASSWORD", "OWNER_PASSWORD", "APP_PASSWORD", "READER_PASSWORD", "VALKEY_PASSWORD"}


def main() -> int:
    """Print every fault; the exit code says whether there was one."""
    text = (ROOT / "docker-compose.yml").read_text()
    services = yaml.safe_load(text)["services"]
    found = [*_names(text, services), *_hardening(services), *_wiring(services), *_files(services), *_configs()]
    print("\n".join(found) or f"{len(services)} services fit together")
    return bool(found)


def _names(text: str, services: dict) -> list[str]:
    example = set(re.findall(r"^([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.M))
    used = set(re.findall(r"(?<!\$)\$\{([A-Z_]+)", text))
    optional = set(re.findall(r"(?<!\$)\$\{([A-Z_]+):?-", text))
    return [
        *(f"service {name} is missing" for name in SERVICES - services.keys()),
        *(f".env.example does not name {name}" for name in used - example),
        *(f"nothing uses {name} of .env.example" for name in example - used),
        *(f"{name} is a secret and must be given: ${{{name}:?…}}" for name in SECRETS & optional),
    ]


def _hardening(services: dict) -> list[str]:
    faults = []
    for name, service in services.items():
        image = service.get("image", "")
        if ":" not in image or image.endswith(":latest"):
            faults.append(f"{name}: the image {image!r} names no version")
        if name != "upgrade" and "healthcheck" not in service:
            faults.append(f"{name}: no healthcheck")
        if name != "proxy" and service.get("ports"):
            faults.append(f"{name}: only the proxy is reached from outside")
        if service.get("privileged") or service.get("network_mode") == "host":
            faults.append(f"{name}: more rights than it needs")
        if service.get("build") and not (service.get("read_only") and service.get("cap_drop") == ["ALL"]):
            faults.append(f"{name}: our own images run read-only and without capabilities")
    return faults


def _wiring(services: dict) -> list[str]:
    address = {name: services[name]["environment"].get("DATABASE_URL", "") for name in ("web", "ws", "worker", "clock")}
    faults = [f"{name}: reads past PgBouncer" for name, url in address.items() if "@pgbouncer:6432/" not in url]
    owner = services["upgrade"]["environment"].get("OWNER_DATABASE_URL", "")
    if "clinic_owner:" not in owner or "@postgres:5432/" not in owner:
        faults.append("upgrade: changes schemas as clinic_owner on PostgreSQL itself")
    for name in ("web", "ws", "worker", "clock"):
        waits = services[name]["depends_on"].get("upgrade", {})
        if waits.get("condition") != "service_completed_successfully":
            faults.append(f"{name}: must wait for the schemas")
    if services["clock"].get("deploy", {}).get("replicas", 1) != 1:
        faults.append("clock: there is one")
    if "appendonly yes" not in str(services["valkey"]["command"]):
        faults.append("valkey: a restart would lose the queue")
    if not re.search(r":18\b", services["postgres"]["image"]):
        faults.append("postgres: PgBouncer keeps clinics apart from version 18 on only")
    return faults


def _files(services: dict) -> list[str]:
    wanted = set()
    for service in services.values():
        build = service.get("build")
        if isinstance(build, str):
            wanted.add(f"{build}/Dockerfile")
        elif build:
            wanted.add(f"{build['context']}/{build['dockerfile']}")
        wanted |= {volume.split(":")[0] for volume in service.get("volumes", []) if volume.startswith("./")}
        wanted |= set(re.findall(r"deploy/[\w./-]+\.py", str(service)))
    return [f"{path} does not exist" for path in sorted(wanted) if not (ROOT / path).exists()]


def _configs() -> list[str]:
    pooler = (ROOT / "deploy/pgbouncer/pgbouncer.ini").read_text()
    proxy = (ROOT / "deploy/Caddyfile").read_text()
    dockerfile = (ROOT / "deploy/Dockerfile").read_text()
    rules = {
        "pgbouncer.ini: pool_mode = transaction": "\npool_mode = transaction\n" in pooler,
        "pgbouncer.ini: search_path is tracked": "\ntrack_extra_parameters = IntervalStyle,search_path\n" in pooler,
        "Caddyfile: /ws/ goes to ws": bool(re.search(r"handle /ws/\* \{\s*reverse_proxy ws:8001", proxy)),
        "Caddyfile: sets X-Forwarded-For itself at each door": proxy.count("reverse_proxy ")
        == proxy.count("header_up X-Forwarded-For {remote_host}"),
        "Caddyfile: braces are paired": proxy.count("{") == proxy.count("}"),
        "Dockerfile: not root": bool(re.search(r"^USER clinic$", dockerfile, re.M)),
        "Dockerfile: locked packages": "--require-hashes" in dockerfile and "npm ci" in dockerfile,
    }
    return [f"broken rule: {rule}" for rule, kept in rules.items() if not kept]


if __name__ == "__main__":
    sys.exit(main())
