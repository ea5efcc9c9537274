"""The core: pure alarm logic. Entries in, entries out; no I/O, no clock, no asyncio (DESIGN 2, 7)."""
