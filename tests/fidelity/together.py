"""``python -m tests.fidelity.together``: several cases in one session, their cells in turns, moved between cells; beside one that nothing interrupts.

What cases do to each other without a move is no fault: only what differs from the uninterrupted session is shown, case by case.
"""

from __future__ import annotations

import argparse
import ast
import random
import shutil
import sys
import tempfile
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from IPython.core.inputtransformer2 import TransformerManager

from .case import IDLE, INTERRUPT, Case
from .corpus import load
from .kernel import Kernel
from .runner import Judged, Verdict, judge, missing_modules, place_for, write_files
from .systems import Place, Plain, Sojourn

EMPTIES = ("%reset", "globals().clear", "sojourn")  # of cells that end the others, or that the control can't run


@dataclass(frozen=True)
class Step:
    """A cell of a case, or with ``value`` one of its checks."""

    case: Case
    code: str
    value: bool = False


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fidelity.together", description=__doc__)
    parser.add_argument("-k", default="", help="only cases whose topic/name contains this; several with commas")
    parser.add_argument("--size", type=int, default=8, help="cases in a session")
    parser.add_argument("--moves", type=int, default=3, help="moves between cells, beside the one after the last")
    parser.add_argument("--sessions", type=int, default=10)
    parser.add_argument("--seed", type=int, default=0, help="of the first session; the next has the next")
    given = parser.parse_args()
    words = given.k.split(",")
    cases = [case for case in load() if any(word in f"{case.topic}/{case.name}" for word in words)]
    cases = [
        case for case in cases if not missing_modules(case) and not any(e in c for c in case.cells for e in EMPTIES)
    ]
    names = {case.name: bound(case.cells) for case in cases}
    bad = 0
    for seed in range(given.seed, given.seed + given.sessions):
        chance = random.Random(seed)
        chosen = _that_fit(chance.sample(cases, len(cases)), names, given.size)
        steps = in_turns([[Step(case, cell) for cell in case.cells] for case in chosen], chance)
        last = in_turns([_afterwards(case) for case in chosen], chance)
        moves = set(chance.sample(range(len(steps) - 1), min(given.moves, len(steps) - 1)))
        different = compare(chosen, steps, last, moves)
        print(
            f"{seed}: {'different' if different else 'the same'}: {', '.join(case.name for case in chosen)}", flush=True
        )
        for case, judged in different:
            print(f"--- {case.topic}/{case.name}\n  {judged}", flush=True)
        bad += bool(different)
    return min(bad, 1)


def bound(cells: Iterable[str]) -> dict[str, str]:
    """Names that cells bind, with the import that does; cases that share one otherwise don't fit together."""
    found: dict[str, str] = {}
    for cell in cells:
        try:
            tree = ast.parse(TransformerManager().transform_cell(cell))
        except SyntaxError:
            continue
        for node in ast.walk(tree):
            if isinstance(node, (ast.Import, ast.ImportFrom)):
                home = getattr(node, "module", "")
                found |= {one.asname or one.name.partition(".")[0]: f"{home} {one.name}" for one in node.names}
            elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                found[node.name] = ""
            elif isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
                found[node.id] = ""
    return found


def _that_fit(cases: Sequence[Case], names: dict[str, dict[str, str]], size: int) -> list[Case]:
    chosen: list[Case] = []
    taken: dict[str, str] = {}
    files: set[str] = set()
    for case in cases:
        own = names[case.name]
        clash = any(name in taken and (not how or taken[name] != how) for name, how in own.items())
        if len(chosen) < size and not clash and files.isdisjoint(case.files):
            chosen.append(case)
            taken |= own
            files |= set(case.files)
    return chosen


def _afterwards(case: Case) -> list[Step]:
    return [Step(case, check, True) for check in case.checks] + [Step(case, then.code) for then in case.followups()]


def in_turns(queues: Iterable[list[Step]], chance: random.Random) -> list[Step]:
    """The steps of all, those of each in their order."""
    left, steps = [list(queue) for queue in queues if queue], []
    while left:
        steps.append(chance.choice(left).pop(0))
        left = [queue for queue in left if queue]
    return steps


def compare(
    cases: Sequence[Case], steps: Sequence[Step], last: Sequence[Step], moves: set[int]
) -> list[tuple[Case, Judged]]:
    """What is not as in an uninterrupted session, though that shows it twice alike. moves: numbers of the steps after which the session moves."""
    folder = Path(tempfile.mkdtemp(prefix="fid-"))
    try:
        once, again = (_uninterrupted(cases, [*steps, *last], len(steps), folder / name) for name in ("once", "again"))
        shown, told = _moved(cases, steps, last, moves, folder / "moved")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    found = []
    for step, was, same, now in zip([*steps, *last], once, again, shown, strict=True):
        judged = judge(step.code, was, now, told)
        if (
            was == same
            and judged.verdict is not Verdict.EXACT
            and not (judged.verdict is Verdict.TOLD and step.case.either)
        ):
            found.append((step.case, judged))
    return found


def _uninterrupted(cases: Sequence[Case], steps: Sequence[Step], before: int, folder: Path) -> list[str]:
    place = _common_place(folder, cases)
    kernel = Plain().start(place, again=False)
    try:
        shown = [_take(kernel, step, 0.0) for step in steps[:before]]
        for case in cases:
            write_files(case.between, place.cwd)
        return shown + [_take(kernel, step, 0.0) for step in steps[before:]]
    finally:
        kernel.close()


def _moved(
    cases: Sequence[Case], steps: Sequence[Step], last: Sequence[Step], moves: set[int], folder: Path
) -> tuple[list[str], list[str]]:
    """What the steps showed, and what was told with any of the moves."""
    place, system = _common_place(folder, cases), Sojourn()
    kernel = system.start_life(place, "0")
    shown, told = [], list[str]()
    try:
        for number, step in enumerate(steps):
            shown.append(_take(kernel, step, 0.5))
            ends = number == len(steps) - 1
            if not ends and number not in moves:
                continue
            told += _told(kernel)
            system.save(kernel, place)
            kernel.close()
            if ends:
                for case in cases:
                    write_files(case.between, place.cwd)
            kernel = system.start_life(place, str(number + 1))
        shown += [_take(kernel, step, 0.5) for step in last]
        return shown, told + _told(kernel)
    finally:
        kernel.close()


def _told(kernel: Kernel) -> list[str]:
    return [entry["name"] for entry in kernel.request(op="report")["content"]["told"]]


def _common_place(folder: Path, cases: Sequence[Case]) -> Place:
    return place_for(
        folder, Case("together", (), files={path: text for case in cases for path, text in case.files.items()})
    )


def _take(kernel: Kernel, step: Step, pause: float) -> str:
    if step.value:
        return kernel.value(step.code, step.case.seconds)
    if step.code == IDLE:
        time.sleep(pause)
        return ""
    return kernel.run(step.code, step.case.seconds, interrupt=step.code.startswith(INTERRUPT)).shown()


if __name__ == "__main__":
    sys.exit(main())
