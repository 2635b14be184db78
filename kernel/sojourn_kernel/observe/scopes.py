"""Which names of a piece of code are a function's own, as the language reference has it ("Resolution of names").

In doubt a name is none: then it counts as one of the namespace.
"""

from __future__ import annotations

import ast

from .cell_tree import children, walk

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_SCOPES = (*FUNCTIONS, ast.Lambda, ast.ClassDef, *_COMPREHENSIONS)


def bound_by(node: ast.AST) -> set[str]:
    """Names that this node alone binds or deletes in the scope that it stands in."""
    if isinstance(node, ast.Name):
        return set() if isinstance(node.ctx, ast.Load) else {node.id}
    if isinstance(node, (*FUNCTIONS, ast.ClassDef)):
        return {node.name}
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        return {alias.asname or alias.name.split(".")[0] for alias in node.names}
    if isinstance(node, (ast.ExceptHandler, ast.MatchAs, ast.MatchStar)) and node.name:
        return {node.name}
    if isinstance(node, ast.MatchMapping) and node.rest:
        return {node.rest}
    return set()


def inside(node: ast.AST, own: frozenset[str]) -> frozenset[str]:
    """Names that are functions' own inside a node, where ``own`` are those outside it."""
    if isinstance(node, (*FUNCTIONS, ast.Lambda)):
        bound, of_namespace = _bound_in(node.body if isinstance(node.body, list) else [node.body])
        return (own | parameters(node.args) | bound) - of_namespace
    if isinstance(node, ast.ClassDef):
        # What a class binds it looks up in itself and then in the namespace, whatever a function around it has.
        bound, of_namespace = _bound_in(node.body)
        return own - bound - of_namespace
    if isinstance(node, _COMPREHENSIONS):
        around = {one.id for one in walk(node.generators[0].iter) if isinstance(one, ast.Name)}  # evaluated outside
        return own | {name for one in node.generators for name in _targets(one.target)} - around
    return own


def is_outside(node: ast.AST, child: ast.AST) -> bool:
    """Whether a part of a node is evaluated in the scope around it: decorators, defaults, annotations, bases."""
    if isinstance(node, ast.Lambda):
        return child is not node.body
    return isinstance(node, (*FUNCTIONS, ast.ClassDef)) and not isinstance(child, ast.stmt)


def parameters(arguments: ast.arguments) -> set[str]:
    several = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg]
    return {one.arg for one in several if one is not None}


def _targets(target: ast.AST) -> set[str]:
    """Names that a target binds; ``x[i]`` and ``x.a`` bind none."""
    if isinstance(target, ast.Name):
        return {target.id}
    if isinstance(target, ast.Starred):
        return _targets(target.value)
    parts = target.elts if isinstance(target, (ast.Tuple, ast.List)) else []
    return set[str]().union(*map(_targets, parts))


def _bound_in(body: list[ast.stmt] | list[ast.expr]) -> tuple[set[str], set[str]]:
    """Names that a block binds, and those that it says are the namespace's; not of the scopes inside it."""
    bound, of_namespace, elsewhere = set[str](), set[str](), set[str]()
    stack: list[ast.AST] = list(body)
    while stack:
        node = stack.pop()
        bound |= bound_by(node)
        if isinstance(node, ast.Global):
            of_namespace.update(node.names)
        elif isinstance(node, ast.Nonlocal):
            elsewhere.update(node.names)
        if not isinstance(node, _SCOPES):
            stack += children(node)
    return bound - elsewhere, of_namespace
