"""Process state that cells changed: the interpreter's, the libraries', IPython's. One session for each topic."""

from __future__ import annotations

from pathlib import Path

from .lives import live_twice


def _same(folder: Path, cells: list[str], checks: list[str]) -> list[str]:
    """Every check gives after the restore what it gave before the save; returns what was told."""
    lives = live_twice(folder, cells, checks)
    assert lives.after == lives.before
    assert not [check for check, value in lives.before.items() if value.startswith("!")]
    return lives.told


def test_settings_of_the_interpreter(tmp_path: Path) -> None:
    cells = [
        "import sys, gc, os, socket, decimal, csv, tempfile, mimetypes, warnings, signal, copyreg, builtins, time",
        "sys.setrecursionlimit(4321); sys.set_int_max_str_digits(5000); sys.setswitchinterval(0.01)",
        "gc.disable(); gc.set_threshold(500, 5, 5); um = os.umask(0o077); socket.setdefaulttimeout(3.5)",
        "decimal.getcontext().prec = 7; decimal.getcontext().traps[decimal.Inexact] = True",
        "csv.register_dialect('semi', delimiter=';'); lim = csv.field_size_limit(1000)",
        "mimetypes.add_type('text/x-soj', '.soj'); sys.tracebacklimit = 3",
        "warnings.simplefilter('error', ResourceWarning)\nseen = []\ndef show(*a, **k): seen.append(1)\nwarnings.showwarning = show",
        "def on_usr1(*a): pass\nsignal.signal(signal.SIGUSR1, on_usr1)",
        "builtins.say = lambda x: x * 2",
        "def hook(u): pass\nsys.unraisablehook = hook",
    ]
    checks = [
        "sys.getrecursionlimit(), sys.get_int_max_str_digits(), round(sys.getswitchinterval(), 4)",
        "gc.isenabled(), gc.get_threshold()",
        "os.umask(0o077)",
        "socket.getdefaulttimeout()",
        "decimal.getcontext().prec, decimal.getcontext().traps[decimal.Inexact]",
        "csv.get_dialect('semi').delimiter, csv.field_size_limit()",
        "mimetypes.guess_type('a.soj'), sys.tracebacklimit",
        "warnings.filters[0][0], warnings.showwarning is show",
        "signal.getsignal(signal.SIGUSR1) is on_usr1",
        "say('a')",
        "sys.unraisablehook is hook",
    ]
    assert _same(tmp_path, cells, checks) == []


def test_a_pointer_that_an_extension_module_keeps_among_the_builtins_is_not_the_sessions(tmp_path: Path) -> None:
    cells = ["import builtins, datetime", "builtins.__internals_of_some_library__ = datetime.datetime_CAPI; x = 1"]
    lives = live_twice(tmp_path, cells, ["x", "hasattr(builtins, '__internals_of_some_library__')"])
    assert (list(lives.after.values()), lives.told) == (["1", "False"], [])


def test_directory_path_and_environment(tmp_path: Path) -> None:
    cells = [
        "import os, sys",
        "os.makedirs('deep/er'); os.chdir('deep'); sys.path.insert(0, 'er')",
        "os.environ['MY_FLAG'] = 'on'; os.environ.pop('LANG', None)",
    ]
    checks = ["os.path.basename(os.getcwd())", "sys.path[0]", "os.environ['MY_FLAG']", "'LANG' in os.environ"]
    assert _same(tmp_path, cells, checks) == []


def test_a_secret_of_the_environment_is_named_and_never_stored(tmp_path: Path) -> None:
    cells = [
        "import os",
        "os.environ['HF_TOKEN'] = '-'.join(['hush', 'hush', '1']); os.environ['AWS_SECRET_ACCESS_KEY'] = '-'.join(['hush', 'hush', '2'])",
    ]
    lives = live_twice(tmp_path, cells, ["os.environ.get('HF_TOKEN')", "os.environ.get('AWS_SECRET_ACCESS_KEY')"])
    assert set(lives.after.values()) == {"None"}
    assert {told.split(":")[0] for told in lives.told} == {
        "os.environ['HF_TOKEN']",
        "os.environ['AWS_SECRET_ACCESS_KEY']",
    }
    assert not [f for f in (tmp_path / "store").rglob("*") if f.is_file() and b"hush-hush" in f.read_bytes()]


def test_random_streams_go_on_where_they_stood(tmp_path: Path) -> None:
    cells = ["import random, numpy as np", "random.seed(1); random.random(); np.random.seed(2); x = np.random.rand(3)"]
    control = [*cells, "drawn = random.random(), float(np.random.rand())"]
    (tmp_path / "control").mkdir()
    expected = live_twice(tmp_path / "control", control, ["drawn"]).before
    cells.append("drawn = None")
    then = ("drawn = random.random(), float(np.random.rand())",)
    assert live_twice(tmp_path, cells, ["drawn"], then).after == expected


def test_settings_of_libraries(tmp_path: Path) -> None:
    cells = [
        "import numpy as np, pandas as pd, matplotlib as mpl, matplotlib.pyplot as plt, sklearn, logging, sqlite3",
        "np.set_printoptions(precision=2); np.seterr(divide='raise'); pd.set_option('display.max_rows', 7)",
        "mpl.rcParams['lines.linewidth'] = 4.5; sklearn.set_config(transform_output='pandas')",
        "fig, ax = plt.subplots(num=3); plt.figure(5); plt.figure(3)",
        "log = logging.getLogger('mine'); log.setLevel(15); log.addHandler(logging.FileHandler('log.txt')); log.propagate = False; log.warning('one')",
        "class P: pass\nsqlite3.register_adapter(P, lambda p: 7)",
    ]
    checks = [
        "repr(np.array([1.2345])), np.geterr()['divide'], pd.get_option('display.max_rows')",
        "mpl.rcParams['lines.linewidth'], sklearn.get_config()['transform_output']",
        "plt.get_fignums(), plt.gcf() is fig, plt.gca() is ax",
        "log.level, log.propagate, type(log.handlers[0]).__name__, len(log.handlers)",
        "log.error('again'), open('log.txt').read().splitlines()[0]",
        "sqlite3.connect(':memory:').execute('select ?', (P(),)).fetchone()",
    ]
    assert _same(tmp_path, cells, checks) == []
    assert (tmp_path / "work" / "log.txt").read_text().split() == ["one", "again", "again"]


def test_ipythons_own_state(tmp_path: Path) -> None:
    cells = [
        "from IPython.core.magic import register_line_magic\nip = get_ipython()\n@register_line_magic\ndef shout(line): return line.upper()",
        "ip.run_line_magic('alias', 'hi echo hello'); ip.run_line_magic('precision', '3'); ip.run_line_magic('xmode', 'Plain')",
        "count = []\ndef after(): count.append(1)\nip.events.register('post_execute', after)",
        "def clean(lines): return [l.replace('§', '1') for l in lines]\nip.input_transformers_cleanup.append(clean)",
        "class Deg:\n    pass\nip.display_formatter.formatters['text/plain'].for_type(Deg, lambda d, p, c: p.text('deg'))",
        "ip.run_line_magic('load_ext', 'autoreload'); ip.run_line_magic('autoreload', '2')",
        "40 + 2",
        "ip.run_line_magic('config', 'InteractiveShell.ast_node_interactivity = \"all\"')",
    ]
    checks = [
        "ip.run_line_magic('shout', 'x')",
        "dict(ip.alias_manager.aliases)['hi']",
        "ip.display_formatter.formatters['text/plain'].float_format, ip.InteractiveTB.mode",
        "ip.events.callbacks['post_execute'].count(after)",
        "ip.input_transformers_cleanup[-1] is clean",
        "ip.display_formatter.formatters['text/plain'](Deg())",
        "ip.magics_manager.registry['AutoreloadMagics']._reloader.enabled",
        "Out[7], _7, In[7], ip.execution_count",
        "ip.ast_node_interactivity",
    ]
    assert _same(tmp_path, cells, checks) == []


def test_a_directory_that_is_not_here_is_told(tmp_path: Path) -> None:
    cells = [
        "import atexit, os, shutil",
        "os.makedirs('gone'); os.chdir('gone')",
        "atexit.register(shutil.rmtree, '../gone')",
    ]
    lives = live_twice(tmp_path, cells, ["1"])
    assert any("the working directory" in told and "is not here" in told for told in lives.told)
