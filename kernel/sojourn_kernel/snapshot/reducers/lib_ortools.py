"""OR-Tools' CP-SAT: models, what they are made of, answers and parameters. What its messages hold is in their text, which is exact.

Sums are put together again from their variables and factors: what they mean is the same, nested ones are flat.
"""

from __future__ import annotations

from typing import Any

from .. import rebuild
from . import KeptBut, reducer

_HELPER = "ortools.sat.python.cp_model_helper"


@reducer(f"{_HELPER}:CpModelProto", f"{_HELPER}:SatParameters", f"{_HELPER}:CpSolverResponse")
def message(value: Any) -> Any:
    return parsed, (type(value), str(value))


def parsed(cls: Any, text: str) -> Any:
    made = cls()
    if not made.parse_text_format(text):
        raise ValueError(f"this version of OR-Tools can't read what a {cls.__name__} held")
    return made


@reducer("ortools.sat.python.cp_model:CpModel")
def model(value: Any) -> Any:
    from ortools.sat.python import cp_model

    of_all = vars(cp_model.CpModel())  # names from before PEP 8, each a function of the object's own
    own = {name: held for name, held in vars(value).items() if name not in of_all}
    return model_of, (type(value), value.model_proto), own or None


def model_of(cls: Any, proto: Any) -> Any:
    """One as OR-Tools makes it: no code of a cell's class runs."""
    from ortools.sat.python import cp_model

    made = cls.__new__(cls)
    cp_model.CpModel.__init__(made, proto)
    return made


@reducer(f"{_HELPER}:Constraint")
def constraint(value: Any) -> Any:
    return constraint_of, (type(value), value.model_proto, value.index)


def constraint_of(cls: Any, proto: Any, index: int) -> Any:
    from ortools.sat.python import cp_model_helper

    return cls(cp_model_helper.CpBaseModel(proto), index)


@reducer(f"{_HELPER}:NotBooleanVariable")
def negated(value: Any) -> Any:
    return negation_of, (value.negated(),)


def negation_of(literal: Any) -> Any:
    return literal.negated()


@reducer(f"{_HELPER}:IntAffine", f"{_HELPER}:FloatAffine")
def affine(value: Any) -> Any:
    return type(value), (value.expression, value.coefficient, value.offset)


@reducer(f"{_HELPER}:LinearExpr", f"{_HELPER}:SumArray")
def linear(value: Any) -> Any:
    from ortools.sat.python import cp_model_helper

    if type(value) not in (
        cp_model_helper.LinearExpr,
        cp_model_helper.SumArray,
    ):  # variables have pickling of their own
        return NotImplemented
    whole = value.is_integer()
    flat = cp_model_helper.FlatIntExpr(value) if whole else cp_model_helper.FlatFloatExpr(value)
    return linear_of, (type(value), list(flat.vars), list(flat.coeffs), flat.offset, whole)


def linear_of(cls: Any, variables: list[Any], factors: list[Any], offset: Any, whole: bool) -> Any:
    from ortools.sat.python import cp_model_helper as helper

    if cls is helper.LinearExpr:
        if not variables:
            return cls.constant(offset)
        return cls.weighted_sum([*variables, offset], [*factors, 1]) if offset else cls.weighted_sum(variables, factors)
    affine = helper.IntAffine if whole else helper.FloatAffine
    parts = [one if by == 1 else affine(one, by, 0) for one, by in zip(variables, factors, strict=True)]
    return cls(parts, offset if whole else 0, 0.0 if whole else offset)


@reducer(f"{_HELPER}:BoundedLinearExpression")
def bounded(value: Any) -> Any:
    return bounded_by, (type(value), list(value.vars), list(value.coeffs), value.offset, value.bounds)


def bounded_by(cls: Any, variables: list[Any], factors: list[int], offset: int, bounds: Any) -> Any:
    from ortools.sat.python import cp_model_helper as helper

    return cls(linear_of(helper.LinearExpr, variables, factors, offset, True), bounds)


@reducer(f"{_HELPER}:SolutionCallback")
def callback(value: Any) -> Any:
    reduced = callback_of, (type(value),), dict(vars(value)) or None, None, None, rebuild.set_state
    if value.HasResponse():
        raise KeptBut(reduced, "the solution that it was shown last is gone: what it keeps of that itself is there")
    return reduced


def callback_of(cls: Any) -> Any:
    from ortools.sat.python import cp_model_helper

    made = cls.__new__(cls)
    cp_model_helper.SolutionCallback.__init__(made)
    return made


@reducer("ortools.util.python.sorted_interval_list:Domain")
def domain(value: Any) -> Any:
    return domain_of, (type(value), list(value.flattened_intervals()))


def domain_of(cls: Any, intervals: list[int]) -> Any:
    return cls.from_flat_intervals(intervals)
