"""Readers of recordings: one module a format, chosen by content in `recording`."""
