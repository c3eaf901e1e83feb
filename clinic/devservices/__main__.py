"""`python -m clinic.devservices start|stop|status|erase`: the private servers of the folder `STATE`, by hand."""

import sys
from dataclasses import asdict

from clinic.devservices import ServiceError, ensure, erase, running, state_dir, stop


def main(words: list[str]) -> int:
    """Do one thing and say how it stands."""
    command = words[0] if words else "status"
    if command == "start":
        for name, value in asdict(ensure()).items():
            print(f"{name.upper()}={value}")
    elif command == "stop":
        stop()
    elif command == "erase":
        erase()
    elif command != "status":
        print("usage: python -m clinic.devservices start|stop|status|erase", file=sys.stderr)
        return 2
    print(f"{state_dir()}: {', '.join(sorted(running())) or 'nothing'} running", file=sys.stderr)
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except ServiceError as error:
        sys.exit(str(error))
