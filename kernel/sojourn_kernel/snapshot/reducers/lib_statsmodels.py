"""statsmodels: the data of a model by a formula, with the design that was made of it.

Its own unpickling makes the design again: it evaluates the formula where it is loaded, and finds none of the names of the session.
"""

from __future__ import annotations

from .. import contents
from . import reducer

reducer("statsmodels.base.data:ModelData")(contents.by_state)
