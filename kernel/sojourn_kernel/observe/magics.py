"""What IPython's magics run: ``get_ipython().run_cell_magic('time', '', …)``, as the shell writes ``%%time``."""

from __future__ import annotations

import ast
from dataclasses import dataclass

# They run no more than the code in their own text, in the namespace.
_RUN_THEIR_TEXT = frozenset({"time", "timeit", "capture", "prun", "memit", "mprun", "lprun"})
# They touch no more than the names in their own text.
_QUIET = frozenset({"matplotlib", "pwd", "precision", "config", "pip", "conda", "ls", "cd", "env"})
# Names in their text are no more than names.
_TOUCH_NOTHING = frozenset({"sojourn"})
# They run no code in the namespace that could leave functions behind, but may touch anything.
_LEAVE_NOTHING = frozenset(
    {"load_ext", "unload_ext", "reload_ext", "autoreload", "writefile", "file", "bash", "sh", "script", "system", "sx", "html", "HTML", "javascript",
     "js", "latex", "markdown", "svg", "perl", "ruby", "alias", "unalias", "set_env", "lsmagic", "history", "hist", "who", "whos", "who_ls", "pinfo",
     "pinfo2", "pdoc", "psource", "pdef", "pfile", "xmode", "colors", "autosave", "autocall", "automagic", "pushd", "popd", "dirs", "dhist", "bookmark",
     "notebook", "gui", "page", "pprint", "reset", "reset_selective", "xdel", "logstart", "logstop", "logon", "logoff", "save", "uv", "mamba",
     "pycat", "cat", "mkdir", "rm", "cp", "mv", "less", "more", "man", "ll", "lf", "lk", "ldir", "lx", "quickref", "tb", "rehashx", "store"}
)  # fmt: skip


@dataclass(frozen=True)
class Magic:
    """code: texts that it runs, or whose words it may use. reaches: words that stand for more. unseen: it may leave functions
    behind whose text is in no cell."""

    code: tuple[str, ...]
    reaches: frozenset[str] = frozenset()
    unseen: bool = False


def of(node: ast.AST) -> Magic | None:
    """The magic that a call runs, None if it is no such call."""
    if not (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Call)
        and isinstance(node.func.value.func, ast.Name)
        and node.func.value.func.id == "get_ipython"
    ):
        return None
    texts = tuple(one.value for one in node.args if isinstance(one, ast.Constant) and isinstance(one.value, str))
    if node.func.attr in ("system", "getoutput"):
        return Magic(texts, frozenset({"get_ipython"}))
    if node.func.attr not in ("run_line_magic", "run_cell_magic") or not texts:
        return None
    name = texts[0]
    if name in _TOUCH_NOTHING:
        return Magic(())
    if name in _RUN_THEIR_TEXT or name in _QUIET:
        return Magic(texts[1:])
    return Magic(texts[1:], frozenset({"get_ipython"}), name not in _LEAVE_NOTHING)
