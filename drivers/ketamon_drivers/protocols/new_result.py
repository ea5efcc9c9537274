"""A cuff's new result told from one that the device only repeats.

Modules that are asked, and some that are not, show their last result until there is another. Told
again it would make an old pressure look fresh. A result counts as new after a measurement that was
seen, or when it differs from the one before; the first one heard without its measurement is the
device's memory and is marked `from_storage`.
"""

from msgspec.structs import replace

from ketamon_drivers.readings import BloodPressure


class NewResult:
    """Lets each result through once."""

    def __init__(self) -> None:
        self._newest: BloodPressure | None = None
        self._measured = False

    def measuring(self) -> None:
        """Is told that a measurement is going on: the next result is new, whatever it is."""
        self._measured = True

    def take(self, result: BloodPressure) -> list[BloodPressure]:
        """Takes the result that the device shows; gives it if it is new."""
        first, measured = self._newest is None, self._measured
        if not measured and result == self._newest:
            return []
        self._newest, self._measured = result, False
        if first and not measured:
            return [replace(result, status=tuple(sorted({*result.status, "from_storage"})))]
        return [result]


def failed(*words: str) -> BloodPressure:
    """Gives the reading of a measurement that failed, with what else is known of it."""
    return BloodPressure(status=tuple(sorted({"cuff_error", "invalid", *words})))
