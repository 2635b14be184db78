"""The checkpoint loop of one kernel: when to save, what, and the restore at its start."""
