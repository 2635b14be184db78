"""Sojourn's kernel side: an elastic IPython kernel and the agent in the notebook server."""

from __future__ import annotations

TYPE_CHECKING = False
"Without an import: as the kernel starts, the working directory may have any module in place of it."
if TYPE_CHECKING:
    from .session.restored import RestoreReport

__version__ = "0.1.0"


class NotLoaded(RuntimeError):
    """A cell did not run, since the variables it needs could not be loaded from the store just then."""


class NoKernel(RuntimeError):
    """Asked outside a Sojourn kernel."""


def report() -> RestoreReport:
    """The restore report of the kernel that this runs in. ``.told`` lists the names that were not kept.

    Waits until all is loaded: what can't be loaded is known only then.
    """
    from IPython.core.getipython import get_ipython

    kernel = getattr(get_ipython(), "kernel", None)
    if kernel is None or not hasattr(kernel, "keeper"):
        raise NoKernel("this is not a Sojourn kernel: choose the kernel 'Python 3 (Sojourn)'")
    kernel.keeper.ensure(None)
    return kernel.report()
