"""Syntax trees of another version of Python, whose nodes have other fields."""

from __future__ import annotations

import ast
import io
import pickle

from sojourn_kernel.snapshot.reducers import syntax_trees


class _Pickler(pickle.Pickler):
    def reducer_override(self, value: object) -> object:
        return syntax_trees.node(value) if isinstance(value, ast.AST) else NotImplemented


def test_nodes_are_made_before_what_they_hold_and_know_their_parents() -> None:
    tree = ast.parse("def g(x, *, y=1): return x + y\nclass K(object): pass")
    for parent in ast.walk(tree):
        for child in ast.iter_child_nodes(parent):
            child.parent = parent  # type: ignore[attr-defined]
    _Pickler(stream := io.BytesIO(), 5).dump(tree)
    made = pickle.loads(stream.getvalue())
    assert ast.unparse(made) == ast.unparse(tree)
    assert made.body[0].parent is made and made.body[0].body[0].value.left.parent is made.body[0].body[0].value


def test_a_node_lacks_no_list_that_its_version_did_not_have() -> None:
    whole = ast.parse("def g(): return 1").body[0]
    make, arguments, state, _, _, fill = syntax_trees.node(whole)
    made = make(*arguments)
    fill(made, {name: held for name, held in state.items() if name not in ("type_params", "decorator_list")})
    made.decorator_list = []
    names: dict[str, object] = {}
    exec(compile(ast.Module([made], []), "x", "exec"), names)
    assert names["g"]() == 1  # type: ignore[operator]
