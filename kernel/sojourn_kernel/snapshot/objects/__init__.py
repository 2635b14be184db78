"""Kinds of objects that plain pickling loses or gets wrong, and how each is taken apart."""
