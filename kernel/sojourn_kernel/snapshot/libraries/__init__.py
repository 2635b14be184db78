"""Modules, the user's and the libraries': whose they are, what they hold, places in them, and what cells changed there."""
