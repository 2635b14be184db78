"""``python -m tests.fidelity``: run the corpus in one or more systems and print the table, and what went wrong."""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from .case import Case
from .corpus import load
from .runner import ORDER, Result, missing_modules, run, validate
from .systems import Dill, Killed, Rerun, Sojourn, System, Twice

SYSTEMS: dict[str, System] = {
    system.name: system
    for system in (
        Sojourn(),
        Sojourn("loaded", 1.5),
        Killed(),
        Twice(),
        Twice("killed-twice", once=Killed()),
        Dill(),
        Rerun(),
    )
}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fidelity", description=__doc__)
    parser.add_argument("-k", default="", help="only cases whose topic/name contains this; several with commas")
    parser.add_argument("--every", type=int, default=1, help="of those, one in so many")
    parser.add_argument("-j", type=int, default=2, help="cases at once")
    parser.add_argument(
        "--system",
        action="append",
        choices=["validate", *SYSTEMS],
        help="default: sojourn; loaded: the same, where all is loaded before the first cell; killed: without a stop signal, after a background "
        "checkpoint; twice: saved and restored two times; killed-twice: both; validate: the cases themselves, uninterrupted",
    )
    parser.add_argument("-q", action="store_true", help="only the table")
    given = parser.parse_args()
    words = given.k.split(",")
    cases = [case for case in load() if any(word in f"{case.topic}/{case.name}" for word in words)]
    cases = [case for case in cases if not missing_modules(case)][:: max(1, given.every)]
    bad = 0
    for name in given.system or ["sojourn"]:
        begun = time.monotonic()
        results: list[Result] = []
        with ThreadPoolExecutor(given.j) as pool:
            for case, result in zip(cases, pool.map(partial(_run, name), cases), strict=True):
                results.append(result)
                bad += 0 if given.q else _show(f"{case.topic}/{case.name}", result, allowed=not result.failures(case))
        counts = Counter(result.verdict for result in results)
        line = "  ".join(f"{verdict.value} {counts[verdict]}" for verdict in ORDER)
        print(f"{name}: {line}  ({len(cases)} cases, {time.monotonic() - begun:.0f} s)", flush=True)
    return min(bad, 1)


def _run(system: str, case: Case) -> Result:
    return validate(case) if system == "validate" else run(case, SYSTEMS[system])


def _show(name: str, result: Result, allowed: bool) -> int:
    if allowed:
        return 0
    print(f"--- {name}: {result.verdict.value}; told: {result.told}")
    for one in result.judged:
        if one.verdict is not ORDER[0]:
            print(f"  {one}", flush=True)
    return 1


if __name__ == "__main__":
    sys.exit(main())
