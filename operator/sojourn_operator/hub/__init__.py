"""The Hub's side of a move: a spawner, and requests that are held while a session moves."""
