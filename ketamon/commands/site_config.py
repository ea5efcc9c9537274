"""A site's configuration: who may approve limits, and what stands at each chair.

```toml
[limits]
approvers_group = "clinicians"    # accounts of this group may approve a limits profile
[physician]
may = ["limits"]                  # of limits, end: what a physician may do from afar, none if left out
[seats]
physician = "doctors"             # accounts of this group sit there; nurse and trainer likewise
[chair.1]
cuff = "suntech:/dev/serial/by-id/usb-…"
oximeter = "nonin-df8:/dev/serial/by-id/usb-…"
limits = "iv.toml"                # beside this file, or a whole path
```

Read from `--config FILE`, `$KETAMON_CONFIG`, or `config.toml` in the user's or the system's
configuration folder; where none is, everything is as if an empty one were.
"""

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import platformdirs

PHYSICIAN_MAY = ("limits", "end")
SEATS = ("nurse", "physician", "trainer")
CHAIR_KEYS = ("cuff", "oximeter", "strap", "monitor", "limits")


class SiteConfigError(ValueError):
    """A configuration that can't be used; the message names file, key and reason."""


@dataclass(frozen=True, slots=True)
class ChairConfig:
    """What stands at one chair: `FAMILY:ADDRESS` of each role, and a limits profile."""

    devices: Mapping[str, str] = field(default_factory=dict)
    limits: Path | None = None


@dataclass(frozen=True, slots=True)
class SiteConfig:
    """One site's choices."""

    approvers_group: str | None = None
    physician_may: tuple[str, ...] = ()
    seats: Mapping[str, str] = field(default_factory=dict)
    """Seat: the group whose accounts may take it at every chair of this machine."""
    chairs: Mapping[str, ChairConfig] = field(default_factory=dict)

    def seating(self) -> dict[str, Any]:
        """Who may sit where and do what, as an engine is told it at its start and at each resume."""
        return {"physician_may": list(self.physician_may), "seats": dict(self.seats)}


def load_site_config(given: Path | None = None) -> SiteConfig:
    """Reads the configuration; raises SiteConfigError."""
    path = given or _found()
    if path is None:
        return SiteConfig()
    try:
        raw = tomllib.loads(path.read_bytes().decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SiteConfigError(f"{path}: is not TOML: {str(error).lower()}") from None
    except OSError as error:
        raise SiteConfigError(f"{path}: can't be read: {error.strerror}") from None
    _known(path, "", raw, ("limits", "physician", "seats", "chair"))
    limits = _table(path, "limits", raw.get("limits", {}))
    _known(path, "limits.", limits, ("approvers_group",))
    physician = _table(path, "physician", raw.get("physician", {}))
    _known(path, "physician.", physician, ("may",))
    seats = _table(path, "seats", raw.get("seats", {}))
    _known(path, "seats.", seats, SEATS)
    groups = {seat: _text(path, f"seats.{seat}", group) for seat, group in seats.items()}
    chairs = _table(path, "chair", raw.get("chair", {}))
    return SiteConfig(
        _text(path, "limits.approvers_group", limits.get("approvers_group")),
        _may(path, physician.get("may", [])),
        {seat: group for seat, group in groups.items() if group},
        {name: _chair(path, name, value) for name, value in chairs.items()},
    )


def _may(path: Path, given: object) -> tuple[str, ...]:
    """What a physician may do here beside watching."""
    if not isinstance(given, list) or not all(name in PHYSICIAN_MAY for name in given):
        raise SiteConfigError(
            f"{path}: physician.may: is a list of {' and '.join(PHYSICIAN_MAY)}; as in may = ['limits']"
        )
    return tuple(given)


def _found() -> Path | None:
    named = os.environ.get("KETAMON_CONFIG")
    if named:
        return Path(named)
    folders = (platformdirs.user_config_path("ketamon"), platformdirs.site_config_path("ketamon"))
    return next((f / "config.toml" for f in folders if (f / "config.toml").is_file()), None)


def _chair(path: Path, name: str, value: object) -> ChairConfig:
    key = f"chair.{name}"
    table = _table(path, key, value)
    _known(path, f"{key}.", table, CHAIR_KEYS)
    texts = {k: _text(path, f"{key}.{k}", v) for k, v in table.items()}
    limits = texts.pop("limits", None)
    devices = {role: address for role, address in texts.items() if address is not None}
    return ChairConfig(devices, None if limits is None else path.parent / limits)


def _table(path: Path, key: str, value: object) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise SiteConfigError(f"{path}: {key}: is not a table; write [{key}]")
    return value


def _text(path: Path, key: str, value: object) -> str | None:
    if value is not None and not isinstance(value, str):
        raise SiteConfigError(f"{path}: {key}: {value!r} is not a text; put it in quotes")
    return value


def _known(path: Path, prefix: str, table: Mapping[str, Any], known: tuple[str, ...]) -> None:
    for key in table:
        if key not in known:
            raise SiteConfigError(
                f"{path}: {prefix}{key}: unknown key; known here: {', '.join(known)}"
            )
