"""What stands for a root that is not loaded yet, while a session is saved around it."""

from __future__ import annotations


class Unloaded:
    """Its co-variable stays as it is stored: nothing looks into it."""

    __slots__ = ()


class NotLoaded(Exception):
    """A save met what is not loaded among what it has to store."""
