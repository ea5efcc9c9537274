"""The views: pages in the trends' place, one key away. This is the table of them.

A view is a function from scene and columns to a page; it draws nothing itself. A new one is a
module here, a line in `VIEWS`, and its key and action in `ketamon.tui.keys` and `.actions`.
"""

from collections.abc import Callable

from ketamon.tui.scene import Scene
from ketamon.tui.views import alarms, devices, events, summary
from ketamon.tui.widgets.page import Page

VIEWS: dict[str, Callable[[Scene, int], Page]] = {
    "alarms": alarms.page,
    "events": events.page,
    "devices": devices.page,
    "summary": summary.page,
}
