"""A Nonin oximeter made of software: one frame of data format 8 a second."""

from collections.abc import Callable

from ketamon_drivers.catalog import FAMILIES
from ketamon_drivers.readings import Oximetry
from ketamon_drivers.virtual.streaming_oximeter import VirtualStreamingOximeter


class VirtualNoninOximeter(VirtualStreamingOximeter):
    """Sends what `sample` gives, each second from the moment it is run."""

    def __init__(self, sample: Callable[[], Oximetry]) -> None:
        super().__init__(FAMILIES["nonin-df8"], sample)
