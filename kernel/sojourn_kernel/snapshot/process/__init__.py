"""The process that the session lives in: its forked child, locks, descriptors, limits, interrupts and memory, and a guard for code of others."""
