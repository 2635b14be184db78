"""patsy: designs and what they are made of, which it refuses to pickle until it has a format of its own."""

from __future__ import annotations

from ..objects import contents
from . import reducer

_REFUSED = (
    "categorical:CategoricalSniffer", "categorical:_CategoricalBox", "constraint:LinearConstraint",
    "contrasts:ContrastMatrix", "contrasts:Diff", "contrasts:Helmert", "contrasts:Poly", "contrasts:Sum", "contrasts:Treatment",
    "desc:IntermediateExpr", "desc:ModelDesc", "desc:Term", "design_info:DesignInfo", "design_info:FactorInfo", "design_info:SubtermInfo",
    "eval:EvalEnvironment", "eval:EvalFactor", "eval:VarLookupDict", "mgcv_cubic_splines:CubicRegressionSpline",
    "mgcv_cubic_splines:TE", "missing:NAAction", "origin:Origin", "redundancy:_ExpandedFactor", "redundancy:_Subterm", "splines:BS", "state:Center",
    "state:Standardize", "user_util:LookupFactor",
)  # fmt: skip

reducer(*(f"patsy.{name}" for name in _REFUSED))(contents.by_state)
