"""Limits profiles: read from a file, written back with every default, and the ones that ship.

The profiles in this folder are for training; none is approved for a patient.
"""

import stat
import tomllib
from collections.abc import Mapping
from pathlib import Path

from ketamon.core.profile import (
    ALARM_DEFAULTS,
    CLEAR_MARGIN_DEFAULTS,
    LEVELS,
    OVERDUE_DEFAULTS,
    Profile,
    ProfileError,
    parse_profile,
)
from ketamon.vitals import VITALS
from ketamon_drivers.readings import printable

FOLDER = Path(__file__).parent
SIZE_LIMIT = 256 * 1024
REASON_AT_MOST = 200  # characters of the TOML reader's own words


def load_profile(path: Path) -> Profile:
    """Reads and checks a profile; raises ProfileError with one sentence."""
    try:
        status = path.stat()
        if not (stat.S_ISREG(status.st_mode) or stat.S_ISDIR(status.st_mode)):
            raise ProfileError(f"{path}: is a device or a pipe; a limits profile is a TOML file")
        if status.st_size > SIZE_LIMIT:
            raise ProfileError(f"{path}: is over 256 KiB; a limits profile is a short TOML file")
        text = path.read_bytes().decode()
    except FileNotFoundError:
        raise ProfileError(f"{path}: no such file; give the path of a limits profile") from None
    except IsADirectoryError:
        raise ProfileError(f"{path}: is a folder; give the path of a limits profile") from None
    except PermissionError:
        raise ProfileError(f"{path}: may not be read by you; ask its owner") from None
    except UnicodeDecodeError:
        raise ProfileError(f"{path}: is not a text file; a limits profile is TOML") from None
    except OSError as error:
        raise ProfileError(f"{path}: can't be read: {error.strerror}") from None
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        reason = printable(str(error))[:REASON_AT_MOST].lower()
        raise ProfileError(f"{path}: is not TOML: {reason}") from None
    except RecursionError:
        raise ProfileError(
            f"{path}: its lists or tables stand too deep in each other; "
            "write it as in `ketamon limits check -h`"
        ) from None
    except ValueError:  # the interpreter's own end for the digits of a number
        raise ProfileError(
            f"{path}: holds a number of thousands of digits; a limit has three at most"
        ) from None
    return parse_profile(raw, str(path))


def as_toml(profile: Profile) -> str:
    """Writes the effective profile: what was given, defaults filled in, OFF as a comment."""
    raw = profile.raw
    lines = ["[profile]", f"name = {_value(profile.name)}", f"version = {profile.version}"]
    for vital in VITALS.values():
        given = raw.get(vital.name, {})
        lines += ["", f"[{vital.name}]{f'  # {vital.unit}' if vital.unit else ''}"]
        for side in vital.directions:
            lines.append(f"{side} = {_value(given[side])}" if given.get(side) else f"# {side}: OFF")
        for key in ("rise_mmhg", "rise_pct", "only_above"):
            if key in given:
                lines.append(f"{key} = {_value(given[key])}")
        if not vital.episodic:
            named = [name for name, _ in LEVELS if name != "high_now" or vital.name == "spo2"]
            used = {name for side in vital.directions for name in given.get(side, {})}
            delays = given.get("delay_s", {})
            shown = {name: delays.get(name, 0) for name in named if name in used or name in delays}
            if shown:
                lines.append(f"delay_s = {_value(shown)}")
    if profile.schedule:
        lines += ["", "[cuff.schedule]  # minutes"]
        lines += [f"{phase} = {_value(plan)}" for phase, plan in profile.schedule.items()]
    overdue = {**OVERDUE_DEFAULTS, **raw.get("cuff", {}).get("overdue_min", {})}
    lines += ["", "[cuff]", f"overdue_min = {_value(overdue)}", "", "[alarm]"]
    alarm = raw.get("alarm", {})
    lines += [f"{key} = {_value(alarm.get(key, ALARM_DEFAULTS[key]))}" for key in ALARM_DEFAULTS]
    margins = {
        v.name: alarm.get("clear_margin", CLEAR_MARGIN_DEFAULTS).get(v.name, 0)
        for v in VITALS.values()
        if not v.episodic
    }
    lines.append(f"clear_margin = {_value(margins)}")
    return "\n".join(lines) + "\n"


def _value(value: object) -> str:
    """Writes one value as TOML."""
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{key} = {_value(v)}" for key, v in value.items()) + " }"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_value(v) for v in value) + "]"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return f"{value:g}"
    return '"' + "".join(_escape(c) for c in str(value)) + '"'


def _escape(char: str) -> str:
    if char in '"\\':
        return "\\" + char
    return char if char.isprintable() else f"\\u{ord(char):04x}"
