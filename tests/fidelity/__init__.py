"""Small real-life sessions, saved, killed and restored: what comes back must be exact, or told."""
