"""Every device family that ketamon knows: how it is recognised, what it speaks, what it can do.

Others add theirs by entry points in the group `ketamon.drivers`: `families`, a function that gives
families by name, and `protocols`, a mapping of protocols by name; these here come by the same route.
"""

import logging
from importlib.metadata import entry_points
from typing import TypeVar

from ketamon_drivers.catalog.bluetooth_families import BLUETOOTH_FAMILIES
from ketamon_drivers.catalog.family import Family, Gatt, Role, SerialLine, UsbHint
from ketamon_drivers.catalog.serial_families import SERIAL_FAMILIES
from ketamon_drivers.protocols import PROTOCOLS, ProtocolSpec

__all__ = [
    "FAMILIES", "Family", "Gatt", "Role", "SerialLine", "UnknownFamilyError", "UsbHint",
    "every_family", "every_protocol", "families", "family_named", "protocol_of",
]  # fmt: skip

GROUP = "ketamon.drivers"

T = TypeVar("T")

_log = logging.getLogger(__name__)


class UnknownFamilyError(LookupError):
    """No family has this name; the message says which there are."""


FAMILIES: dict[str, Family] = {
    family.name: family for family in (*SERIAL_FAMILIES, *BLUETOOTH_FAMILIES)
}
"""Each built-in family by its name."""


def families() -> dict[str, Family]:
    """The built-in families, as the entry point gives them."""
    return dict(FAMILIES)


def every_family() -> dict[str, Family]:
    """The families of all installed packages; where two have one name, the built-in one counts."""
    theirs = _gathered("families", Family)
    if not theirs.keys() <= FAMILIES.keys():
        protocols = every_protocol()
        for name, family in list(theirs.items()):
            if family.protocol not in protocols:
                _log.warning(
                    "the family %s is left out: no installed package knows its protocol %s",
                    name,
                    family.protocol,
                )
                del theirs[name]
    return FAMILIES | {name: family for name, family in theirs.items() if name not in FAMILIES}


def every_protocol() -> dict[str, ProtocolSpec]:
    """The protocols of all installed packages; where two have one name, the built-in one counts."""
    return _gathered("protocols", ProtocolSpec) | PROTOCOLS


def family_named(name: str) -> Family:
    """Gives the family of this name; UnknownFamilyError says which names there are."""
    known = every_family()
    if name not in known:
        raise UnknownFamilyError(
            f"no device family is called {name}: the names are {', '.join(sorted(known))}"
        )
    return known[name]


def protocol_of(family: Family) -> ProtocolSpec:
    """Gives what a family speaks; LookupError where its package brings no such protocol."""
    spec = PROTOCOLS.get(family.protocol) or every_protocol().get(family.protocol)
    if spec is None:
        raise LookupError(
            f"{family.name} speaks {family.protocol}, which no installed package knows"
        )
    return spec


def _gathered(what: str, kind: type[T]) -> dict[str, T]:
    """What the entry points of one name give; a package that can't be loaded is left out and told."""
    found: dict[str, T] = {}
    for entry_point in entry_points(group=GROUP, name=what):
        try:
            named = entry_point.load()
            given = dict(named() if callable(named) else named)
            wrong = next((name for name, each in given.items() if not isinstance(each, kind)), None)
            if wrong is not None:
                raise TypeError(f"{wrong} is no {kind.__name__}")
        except Exception as error:  # another's package: it must not take our own devices with it
            _log.warning(
                "the drivers of %s can't be loaded (%s): reinstall or remove that package",
                entry_point.value,
                type(error).__name__,
            )
            continue
        found |= given
    return found
