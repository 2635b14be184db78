"""What streams name: live objects of the session, and classes and functions, whose absence costs only what needs them."""

from __future__ import annotations

import functools
import sys
from typing import Any

from ..snapshot import rebuild
from ..snapshot.looking.attributes import attributes_of
from ..snapshot.lost import Lost, absent
from ..snapshot.objects import loose_modules, old_hashes
from ..snapshot.process.interruption import Interruption
from ..told import Cause
from . import stand_ins
from .moved import place_of

_absent = functools.cache(absent)  # one class for all pieces that name it


class Finding:
    """Mixed into an unpickler."""

    def persistent_load(self, name: Any) -> Any:
        if type(name) is old_hashes.Holder:
            return name.container
        if type(name) is loose_modules.DictOf:
            return attributes_of(name.module)
        return id(name[1]) if type(name) is tuple else name if type(name) is Lost else rebuild.live(name)

    def find_class(self, module: str, name: str) -> Any:
        module = place_of(module)
        try:
            return super().find_class(module, name)  # type: ignore[misc]
        except ModuleNotFoundError as error:
            if (other := stand_ins.of(module, name)) is not None:
                return other
            if error.name == module and module.rpartition(".")[2].startswith(
                "_"
            ):  # which another version of its package has
                return self.find_class(module.rpartition(".")[0], name)
            reason = f"the package {error.name} is not installed here."
            return _absent(f"{module}.{name}", Cause.MISSING_MODULE, reason)
        except AttributeError as error:
            if (other := stand_ins.of(module, name)) is not None:
                return other
            if module not in sys.modules:
                return _not_imported(module, name, error)
            return _absent(f"{module}.{name}", Cause.ENVIRONMENT, f"{name} is not in the module {module} here.")
        except Interruption:
            raise
        except BaseException as error:  # importing runs the module's code
            return _not_imported(module, name, error)


def _not_imported(module: str, name: str, error: BaseException) -> type:
    return _absent(f"{module}.{name}", Cause.UNLOADABLE, f"importing {module} raised {type(error).__name__}: {error}.")
