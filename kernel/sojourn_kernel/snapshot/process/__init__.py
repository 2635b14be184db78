"""The process that the session lives in: its forked child, locks, descriptors, limits, interrupts and memory, and how a save leaves it undisturbed."""
