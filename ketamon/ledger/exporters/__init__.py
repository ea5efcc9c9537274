"""A session in forms that other programs read."""
