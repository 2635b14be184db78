"""The system's own, from before any cell ran: modules that are imported with the first save would get what a cell has put in its place."""

import time
from functools import partial
from os import urandom
from time import sleep

now = partial(time.clock_gettime, time.CLOCK_REALTIME)
"Seconds since the epoch. freezegun replaces the clocks that it knows by name, and wherever they stand."

__all__ = ["now", "sleep", "urandom"]
