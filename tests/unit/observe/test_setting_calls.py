"""Which calls of a cell are recorded, and what a call of the user's function set."""

from __future__ import annotations

import ast

import pytest
from sojourn_kernel.observe.inner_calls import Inner, inner_calls
from sojourn_kernel.observe.setting_calls import BEFORE, DECORATED, INSIDE, RECORDER, STORED, WATCHED, Known, instrument


def recorded(source: str, known: Known | None = None) -> list[str]:
    """Texts that the instrumented cell hands to recorders."""
    tree = instrument(ast.parse(source), known)
    return [
        call.args[0].value  # type: ignore[attr-defined]
        for call in ast.walk(tree)
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Name)
        and (call.func.id in (RECORDER, DECORATED, INSIDE, STORED) or (call.func.id == BEFORE and call.args[1].value))  # type: ignore[attr-defined]
    ]


def watched(source: str, known: Known | None = None) -> list[str]:
    """Texts of the calls that are looked at though their names say nothing."""
    return [
        call.args[0].value  # type: ignore[attr-defined]
        for call in ast.walk(instrument(ast.parse(source), known))
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Name)
        and call.func.id == BEFORE
        and not call.args[1].value  # type: ignore[attr-defined]
    ]


@pytest.mark.parametrize(
    ("source", "texts"),
    [
        ("import lib\nlib.verbosity(3)", ["lib.verbosity(3)"]),
        ("import lib\nif on:\n    old = lib.verbosity(3)", ["lib.verbosity(3)"]),
        ("import lib\nfor x in many:\n    lib.draw(x)", []),
        ("import lib\ndef f():\n    lib.verbosity(3)", []),
        ("import lib\nprint(lib.name())", []),
        ("mine.verbosity(3)", []),
    ],
)
def test_other_calls_of_a_library_that_stand_alone_are_watched(source: str, texts: list[str]) -> None:
    assert watched(source, Known(is_library=lambda name: False)) == texts


@pytest.mark.parametrize(
    ("source", "texts"),
    [
        ("xr.set_options(display_width=66)", ["xr.set_options(display_width=66)"]),
        ("old = xr.set_options(a=1)", ["xr.set_options(a=1)"]),
        ("if on:\n    lib.enable()\nelse:\n    lib.disable()", ["lib.enable()", "lib.disable()"]),
        ("try:\n    lib.use('x')\nexcept E:\n    lib.reset()", ["lib.use('x')", "lib.reset()"]),
        ("get_context().precision = 9", ["setattr(get_context(), 'precision', 9)"]),
        ("@lib.register('x')\ndef f(): pass", ["lib.register('x')"]),
        ("from lib import set_options as wide\nwide(3)", ["wide(3)"]),
        ("opts.defaults(opts.Curve(width=5))", ["opts.defaults(opts.Curve(width=5))"]),
        ("import lib\nprint(lib.set_option(3))", ["lib.set_option(3)"]),
        ("import lib\ndone = [lib.register(f) for f in found]", ["lib.register(f)"]),
        ("import lib\nif lib.enable('x'):\n    pass", ["lib.enable('x')"]),
        ("lib.DisableLog('x')\nlib.apply()", ["lib.DisableLog('x')", "lib.apply()"]),
        ("@event.listens_for(Engine, 'connect')\ndef f(): pass", ["event.listens_for(Engine, 'connect')"]),
        ("@lib.callback('out', 'in')\ndef f(): pass", ["lib.callback('out', 'in')"]),
        ("@lib.cached(3)\ndef f(): pass", []),
        ("import lib\nlib.registry[Key] = make()", ["lib.registry"]),
        ("import lib\nlib.registry['key'] = make()", []),
        ("rows[i] = 3", []),
        ("import lib\nlater = lambda: lib.set_option(3)", []),
        ("import lib\nwith lib.set_option(3):\n    pass", []),
        ("total = sum(x)\nprint(total)", []),
        ("def f():\n    lib.set_options(1)", []),
    ],
)
def test_calls_that_look_like_settings_are_recorded(source: str, texts: list[str]) -> None:
    assert recorded(source) == texts


@pytest.mark.parametrize("source", ["for i in range(9):\n    found.append(i)", "value = found.pop()"])
def test_a_call_in_a_loop_or_for_its_value_on_what_the_user_made_costs_nothing(source: str) -> None:
    assert recorded(source, Known(is_library=lambda name: False)) == []


@pytest.mark.parametrize("made", ["import cProfile\nmade = cProfile.Profile()\n", ""])
def test_what_is_profiled_stays_as_it_is_but_for_what_reads_like_a_setting(made: str) -> None:
    source = f"import lib\n{made}made.enable()\nlib.work()\nlib.set_option(3)\nmade.disable()"
    known = Known(is_profiler=lambda name: name == "made" and not made)
    assert (watched(source, known), recorded(source, known)) == ([], ["lib.set_option(3)"])


def test_a_call_for_its_value_on_what_a_library_made_is_recorded() -> None:
    assert recorded("from lib import logger\nnumber = logger.add(sink)") == ["logger.add(sink)"]


def test_a_call_in_a_loop_on_what_the_cell_imported_is_recorded() -> None:
    users = Known(is_library=lambda name: False)
    assert recorded("import lib\nfor i in x:\n    lib.register(i)", users) == ["lib.register(i)"]


def test_a_function_that_sets_something_is_recorded_where_it_is_called() -> None:
    source = "def wide(n):\n    lib.set_options(n)\ndef both():\n    wide(3)\nboth()\nother()"
    assert recorded(source) == ["both()"]


def test_the_cell_runs_as_it_did() -> None:
    seen: list[object] = []
    namespace = {
        BEFORE: lambda text, named: seen.append("before") or text,
        WATCHED: lambda text, was, result, kept: (seen.extend([text, was, kept]), result)[1],
        "lib": type("Lib", (), {"set": staticmethod(lambda n: seen.append(n) or n * 2)}),
    }
    exec(compile(instrument(ast.parse("got = lib.set(4)")), "<cell>", "exec"), namespace)
    assert namespace["got"] == 8
    assert seen == ["before", 4, "lib.set(4)", "lib.set(4)", True]


def of(function: str, call: str) -> list[Inner]:
    """What a call of a function set; functions that it calls are looked up in the same source."""
    tree = ast.parse(function)
    made = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    called = ast.parse(call, mode="eval").body
    assert isinstance(called, ast.Call)
    assert isinstance(called.func, ast.Name)
    return list(inner_calls(made[called.func.id], called, False, lambda chain: made.get(chain[0])))


@pytest.mark.parametrize(
    ("function", "call", "text"),
    [
        ("def f(n):\n    lib.set_width(n)", "f(66)", "lib.set_width(66)"),
        ("def f(n=5):\n    lib.set_width(n)", "f()", "lib.set_width(5)"),
        ("def f(*, n):\n    return lib.set_width(n)", "f(n=w)", "lib.set_width(w)"),
        ("def f(module):\n    module.set_width(3)", "f(lib)", "lib.set_width(3)"),
        ("def g(n):\n    lib.set_width(n)\ndef f(n):\n    g(n)", "f(7)", "lib.set_width(7)"),
        ("def f(n):\n    lib.get_context().prec = n", "f(7)", "setattr(lib.get_context(), 'prec', 7)"),
    ],
)
def test_what_certainly_ran_is_written_with_the_callers_arguments(function: str, call: str, text: str) -> None:
    assert of(function, call) == [Inner(text, certain=True)]


@pytest.mark.parametrize(
    ("function", "call"),
    [
        ("def f(n):\n    m = n * 2\n    lib.set_width(m)", "f(2)"),
        ("def f(n):\n    n += 1\n    lib.set_width(n)", "f(2)"),
        ("def f(n):\n    if n:\n        lib.set_width(3)", "f(2)"),
        ("def f(n):\n    if n: return\n    lib.set_width(3)", "f(2)"),
        ("def f(n):\n    for n in range(3): lib.set_width(n)", "f(2)"),
        ("def f(n):\n    lib.set_width(n)", "f(*many)"),
        ("def f(n=[]):\n    lib.set_width(n)", "f()"),
        ("def f():\n    lib.set_width(3)\n    yield", "f()"),
        ("def g(n):\n    lib.set_width(n)\ndef f(n):\n    m = 2\n    g(m)", "f(7)"),
    ],
)
def test_what_may_not_have_run_or_with_what_is_uncertain(function: str, call: str) -> None:
    assert [inner.certain for inner in of(function, call)] == [False]


def test_what_a_function_enters_it_leaves_again() -> None:
    assert of("def f(n):\n    with lib.set_options(n):\n        return 1", "f(3)") == []
