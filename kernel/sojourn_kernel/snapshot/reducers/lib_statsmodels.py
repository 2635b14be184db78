"""statsmodels: the data of a model by a formula, with the design that was made of it; what its models and results leave out.

Its own unpickling makes the design again: it evaluates the formula where it is loaded, and finds none of the names of the session.
Pickling discrete results takes the functions out of the settings of the fit that the session holds.
"""

from __future__ import annotations

from ..objects import contents
from . import reducer

reducer(
    "statsmodels.base.data:ModelData",
    "statsmodels.discrete.discrete_model:DiscreteResults",
    "statsmodels.discrete.discrete_model:NegativeBinomial",
)(contents.by_state)
