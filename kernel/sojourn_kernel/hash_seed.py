"""One hash seed for all lives of a user's sessions: what keeps the hash of a text (an object in a dictionary, a table on disk) stays right.

Python takes the seed before it runs anything, so the process replaces itself, once, by the same command with a seed in its environment.
"""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Mapping
from pathlib import Path

from .protocol import ENV_KEY, ENV_KEY_FILE

VARIABLE = "PYTHONHASHSEED"
OURS = "SOJOURN_HASH_SEED"  # set while the process replaces itself


def keep_hash_seed() -> None:
    """Return in a process that has the seed; a seed that the environment gives goes before. Only before threads are started."""
    environment = os.environ
    if environment.pop(OURS, None) is not None:
        environment.pop(VARIABLE, None)  # processes that cells start are as random as ever
    elif VARIABLE not in environment and not sys.flags.ignore_environment:
        seed = {VARIABLE: str(seed_from(_key(environment))), OURS: "1"}
        os.execve(sys.executable, [sys.executable, *sys.orig_argv[1:]], {**environment, **seed})


def seed_from(key: bytes) -> int:
    """A seed that who lacks the user's key can't foresee; without a key it is the same for everybody."""
    return int.from_bytes(hashlib.blake2b(key, digest_size=4, person=b"sojourn-hash").digest(), "big") or 1


def _key(environment: Mapping[str, str]) -> bytes:
    if given := environment.get(ENV_KEY, "").strip():
        return given.encode()
    try:
        return Path(environment[ENV_KEY_FILE]).read_bytes().strip()
    except (KeyError, OSError):  # what is wrong with the file is told when the store is opened
        return b""
