"""Where modules stand now that streams of earlier formats name in another place."""

from __future__ import annotations

_SNAPSHOT = f"{__package__.rpartition('.')[0]}.snapshot"
_ROOMS = {  # until format 9 they were modules of snapshot itself
    "aliasing": "addresses identities lenders object_views reach sharing",
    "looking": "additions attributes classes pointers",
    "process": "by_number fork settling",
    "libraries": (
        "after_import constants context_places counters entered_patches environment function_state imported library_objects library_parts "
        "module_data modules originals patches places recorded shell_parts singletons"
    ),
    "objects": (
        "added code_first contents definitions emptiness enums errors kept_back made_by_library old_hashes plain_first proxies reductions refusing "
        "slots structs suspended tracebacks warned written_again"
    ),
}
_MOVED = {
    f"{_SNAPSHOT}.{name}": f"{_SNAPSHOT}.{room}.{name}" for room, names in _ROOMS.items() for name in names.split()
}


def place_of(module: str) -> str:
    """The name that a module has here."""
    return _MOVED.get(module, module)
