"""Reading the environment: flags, numbers, addresses, and the private key of a private installation."""

import os
import secrets
from pathlib import Path
from typing import Any

from psycopg.conninfo import conninfo_to_dict


def flag(name: str, *, default: bool) -> bool:
    """True for 1/true/yes/on in any case; the default where the name is unset or empty."""
    text = os.environ.get(name, "").strip().lower()
    return text in {"1", "true", "yes", "on"} if text else default


def number(name: str, default: int) -> int:
    """A whole number, or a clear refusal to start."""
    text = os.environ.get(name, "").strip()
    if not text:
        return default
    try:
        return int(text)
    except ValueError:
        raise SystemExit(f"{name} must be a whole number, not {text!r}.") from None


def database_options(url: str) -> dict[str, Any]:
    """Django's connection keys from a `postgresql://` address."""
    info = conninfo_to_dict(url)
    return {
        "NAME": info.get("dbname", "clinic"),
        "USER": info.get("user", ""),
        "PASSWORD": info.get("password", ""),
        "HOST": info.get("host", ""),
        "PORT": str(info.get("port", "")),
    }


def private_key(state: Path) -> str:
    """The key of this private installation, made once and readable by its owner only."""
    path = state / "secret_key"
    try:
        return path.read_text()
    except FileNotFoundError:
        state.mkdir(parents=True, exist_ok=True)
    candidate = state / f".secret_key.{os.getpid()}"
    with os.fdopen(os.open(candidate, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(secrets.token_urlsafe(64))
    try:
        os.link(candidate, path)  # the first of several starting processes wins
    except FileExistsError:
        pass
    finally:
        candidate.unlink()
    return path.read_text()
