"""A virtual Bluetooth radio: devices made of software, the air between, and bleak's way to them.

It stands on bumble, a Bluetooth stack in Python, which comes with `ketamon[sim]`; this package alone
imports it, and is itself imported by nobody who can do without. It waits only with the event loop,
so that it runs on any of the three; keys are drawn by chance, and nothing that is read depends on them.
"""

import logging

logging.getLogger("bumble").setLevel(logging.CRITICAL)
"""It logs a traceback for each link that ends while it waits, which is what virtual links are for."""
