"""Runs one case in one system and judges every check: exact, told, wrong or broken."""

from __future__ import annotations

import ast
import importlib.util
import re
import shutil
import tempfile
import time
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path

from .case import IDLE, IDLE_SECONDS, INTERRUPT, RAISES, Case
from .kernel import Kernel, KernelFailed
from .systems import Place, Plain, System


class Verdict(str, Enum):
    EXACT = "exact"
    TOLD = "told"
    WRONG = "wrong"  # silently lost or silently different
    BROKEN = "broken"  # a cell, the save or the restore failed


ORDER = [Verdict.EXACT, Verdict.TOLD, Verdict.WRONG, Verdict.BROKEN]


@dataclass(frozen=True)
class Judged:
    """One check: what it was, what it is now."""

    check: str
    verdict: Verdict
    before: str = ""
    after: str = ""

    def __str__(self) -> str:
        was, now = self.before[:600], self.after[:600]
        return f"{self.verdict.value.upper()} {self.check}\n    before: {was}\n    after:  {now}"


@dataclass(frozen=True)
class Result:
    """A case in a system: the worst of its checks."""

    case: str
    judged: list[Judged]
    told: list[str] = field(default_factory=list)
    log: str = ""

    @property
    def verdict(self) -> Verdict:
        return max((one.verdict for one in self.judged), key=ORDER.index, default=Verdict.BROKEN)

    def failures(self, case: Case) -> list[Judged]:
        """The checks that break the rule: exact, or told where the case allows it."""
        allowed = {Verdict.EXACT, Verdict.TOLD} if case.either else {Verdict.EXACT}
        return [one for one in self.judged if one.verdict not in allowed]


def missing_modules(case: Case) -> list[str]:
    """What the case needs and this environment lacks."""
    return [name for name in case.modules if not _is_here(name)]


def _is_here(module: str) -> bool:
    try:
        return importlib.util.find_spec(module) is not None
    except ModuleNotFoundError:  # of a.b, where there is no a
        return False


def run(case: Case, system: System) -> Result:
    """Run the session, save and end it, bring it back in a new kernel, and compare."""
    folder = Path(tempfile.mkdtemp(prefix="fid-"))
    log = ""
    try:
        place = place_for(folder / "system", case)
        before, log = _first_life(case, system, place)
        write_files(case.between, place.cwd)
        after, followed, told, log = _second_life(case, system, place)
        expected = [then.output for then in case.followups()]
        if None in expected:
            expected = [
                given if given is not None else seen
                for given, seen in zip(expected, _control(case, folder), strict=True)
            ]
        judged = [judge(check, b, a, told) for check, b, a in zip(case.checks, before, after, strict=True)]
        codes = [then.code for then in case.followups()]
        judged += [judge(code, b, a, told) for code, b, a in zip(codes, expected, followed, strict=True)]
        names = {part for name in told for part in (name, name.partition(" ")[0])}
        judged += [Judged(f"{name} is told", Verdict.WRONG) for name in case.told if name not in names]
        return Result(case.name, judged, told, log)
    except KernelFailed as error:
        return Result(case.name, [Judged("(session)", Verdict.BROKEN, after=str(error))], log=log)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def validate(case: Case) -> Result:
    """The case itself, uninterrupted: its cells run, its checks evaluate, its written outputs are right."""
    folder = Path(tempfile.mkdtemp(prefix="fid-"))
    try:
        shown = _control(case, folder)
        pairs = zip(case.followups(), shown, strict=True)
        return Result(
            case.name,
            [judge(t.code, s if t.output is None else t.output, s, []) for t, s in pairs]
            or [Judged("(cells)", Verdict.EXACT)],
        )
    except KernelFailed as error:
        return Result(case.name, [Judged("(session)", Verdict.BROKEN, after=str(error))])
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def place_for(folder: Path, case: Case) -> Place:
    """A place with the case's files."""
    cwd = folder / "work"
    cwd.mkdir(parents=True)
    write_files(case.files, cwd)
    cache = Path(tempfile.gettempdir()) / "sojourn-fidelity-mpl"
    cache.mkdir(exist_ok=True)  # matplotlib's font list takes seconds to build: once for all cases
    env = {"IPYTHONDIR": str(folder / "ipython"), "MPLCONFIGDIR": str(cache)}
    return Place(folder, cwd, env)


def write_files(files: object, cwd: Path) -> None:
    """Write files, or remove those whose content is None."""
    for name, text in dict(files).items():  # type: ignore[call-overload]
        path = cwd / name
        if text is None:
            path.unlink(missing_ok=True)
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)


def _cells(case: Case, kernel: Kernel, pause: float = IDLE_SECONDS) -> None:
    for number, cell in enumerate(case.cells, 1):
        if cell == IDLE:
            time.sleep(pause)
            continue
        stops = cell.startswith(INTERRUPT)
        outcome = kernel.run(cell, case.seconds, interrupt=stops)
        if (outcome.status == "ok") == (stops or cell.startswith(RAISES)):
            raise KernelFailed(f"cell {number} ended {outcome.status}: {outcome.shown()[-600:]}\n{cell}")


def _first_life(case: Case, system: System, place: Place) -> tuple[list[str], str]:
    kernel = system.start(place, again=False)
    try:
        _cells(case, kernel)
        before = [kernel.value(check, case.seconds) for check in case.checks]
        if bad := [f"{c}: {v}" for c, v in zip(case.checks, before, strict=True) if v.startswith("!")]:
            raise KernelFailed(f"a check failed before the save: {bad[0]}")
        system.save(kernel, place)
        return before, kernel.tail()
    finally:
        kernel.close()


def _second_life(case: Case, system: System, place: Place) -> tuple[list[str], list[str], list[str], str]:
    kernel = system.start(place, again=True)
    try:
        system.restore(kernel, place, case.cells)
        after = [kernel.value(check, case.seconds) for check in case.checks]
        followed = [kernel.run(then.code, case.seconds).shown() for then in case.followups()]
        return after, followed, system.told(kernel), kernel.tail()
    finally:
        kernel.close()


def _control(case: Case, folder: Path) -> list[str]:
    """What the cells of ``then`` show when the session was never interrupted."""
    place = place_for(folder / "control", case)
    kernel = Plain().start(place, again=False)
    try:
        _cells(case, kernel, pause=0.0)
        for check in case.checks:
            if (value := kernel.value(check, case.seconds)).startswith("!"):
                raise KernelFailed(f"a check failed in the control run: {check}: {value}")
        write_files(case.between, place.cwd)
        return [kernel.run(then.code, case.seconds).shown() for then in case.followups()]
    finally:
        kernel.close()


def judge(check: str, before: str, after: str, told: list[str]) -> Judged:
    """What to say of a value before and after, or of an output and the control's. told: names in the report."""
    if before == after:
        verdict = Verdict.EXACT
    elif _is_told(check, after, told):
        verdict = Verdict.TOLD
    else:
        verdict = Verdict.WRONG
    return Judged(check, verdict, before, after)


def _is_told(check: str, after: str, told: list[str]) -> bool:
    """True if the difference was told: the error says so, or a name that the check uses is in the report."""
    if after.lstrip("!").startswith("SojournLost"):
        return True
    try:
        names = {node.id for node in ast.walk(ast.parse(check)) if isinstance(node, ast.Name)}
    except SyntaxError:
        names = set(re.findall(r"\w+", check))
    roots = {re.split(r"[.\[]", name, maxsplit=1)[0] for name in told if not name.startswith("@")}
    ambient = {part for name in told if name.startswith("@") for part in re.findall(r"\w+", name)[1:]}
    return (
        bool(names & roots)
        or bool(ambient & set(re.findall(r"\w+", check)))
        or any(name in told for name in re.findall(r"\w+\[\d+\]", check))
    )
