"""`python -m clinic.demo_runner.tied WORDS…`: become `python WORDS…`, ended by the kernel if the demo is killed."""

import ctypes
import os
import signal
import sys

DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG of Linux; it survives exec

if __name__ == "__main__":
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(DEATH_SIGNAL, signal.SIGTERM)
    os.execv(sys.executable, [sys.executable, *sys.argv[1:]])
