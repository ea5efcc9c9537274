"""Which device has which role at a chair, held for this chair alone."""

import os

from ketamon.engine.devices import Binding
from ketamon.engine.request import ChairError, ChairRequest
from ketamon.feed.paths import run_folder
from ketamon_drivers.catalog import UnknownFamilyError, family_named
from ketamon_drivers.links.locks import Lock, hold
from ketamon_drivers.links.port import PortError
from ketamon_drivers.links.ports import place_for


def bindings_of(request: ChairRequest) -> list[Binding]:
    """Finds family and port of each device; raises ChairError."""
    bindings = []
    for role, given in request.devices.items():
        name, _, address = given.partition(":")
        try:
            family = family_named(name)
        except UnknownFamilyError as error:
            raise ChairError(f"{given}: {error}") from None
        if family.role != role:
            raise ChairError(f"{given}: {name} is for the {family.role}, not for the {role}")
        is_virtual = request.mode != "LIVE"
        try:
            port = place_for(address, family, is_virtual=is_virtual)
        except PortError as error:
            raise ChairError(str(error)) from None
        if port.is_virtual != is_virtual:
            raise ChairError(
                f"{address}: is {'real' if is_virtual else 'virtual'}, and the session is "
                f"{request.mode}; begin a new session with `ketamon start`"
            )
        bindings.append(Binding(role, family, port))
    return bindings


def hold_devices(bindings: list[Binding]) -> list[Lock]:
    """Takes each device for this chair alone; raises ChairError."""
    held: list[Lock] = []
    ours: dict[str, str] = {}
    for binding in bindings:
        identity = binding.port.identity
        # One device has several names; where it isn't there, only the one that was given.
        for name in {
            identity,
            os.path.realpath(identity) if identity.startswith("/") else identity,
        }:
            if name in ours:
                raise ChairError(
                    f"{binding.port.address}: is given as {ours[name]} and as {binding.role}; "
                    "each device has its own port"
                )
            lock = hold(name, run_folder())
            if lock is None:
                raise ChairError(
                    f"{binding.port.address}: the {binding.role} is in use by another chair; "
                    "end that session first, or give another device"
                )
            held.append(lock)
            ours[name] = binding.role
    return held


def let_go(held: list[Lock], request: ChairRequest) -> None:
    """Lets other chairs have the devices; virtual ones are others each time and leave nothing."""
    for lock in held:
        lock.release(remove=request.mode != "LIVE")
