"""Loggers by name. One of a class of its own is made by whoever has that class: a library that finds a plain one in its place fails to start."""

from __future__ import annotations

import logging
from typing import Any

from . import reducer


def make_logger(cls: type[logging.Logger], name: str) -> logging.Logger:
    """The logger; loading its class has imported the library that makes it, if one does."""
    there = logging.Logger.manager.loggerDict.get(name)
    if isinstance(there, logging.Logger):
        return there
    before = logging.getLoggerClass()
    logging.setLoggerClass(cls)
    try:
        return logging.getLogger(name)
    finally:
        logging.setLoggerClass(before)


@reducer("logging:Logger")
def logger(value: logging.Logger) -> Any:
    cls = type(value)
    if cls in (logging.Logger, logging.RootLogger) or logging.Logger.manager.loggerDict.get(value.name) is not value:
        return value.__reduce__()
    return make_logger, (cls, value.name)
