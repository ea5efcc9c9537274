"""Limits that are changed at the chair: single numbers of the profile in force, by name.

A change is an entry of its own, beside the profile that the session began with (and, LIVE, its
approval): which limit, from what to what, by whom and why. The whole is checked as a file would be.
"""

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from ketamon.core.profile import LEVELS, RISE_KEYS, Profile, ProfileError, parse_profile
from ketamon.entries import Entry, Limits
from ketamon.feed.alarm_views import LimitsView, SettingView
from ketamon.vitals import VITALS, Number
from ketamon_drivers.readings import printable

Raw = Mapping[str, Any]


def _keys() -> tuple[str, ...]:
    found: list[str] = []
    for vital in VITALS.values():
        rises = [key for key in RISE_KEYS.get(vital.name, ()) if key != "only_above"]
        for side in (*vital.directions, *rises):
            sharp = vital.name == "spo2" and side == "low"
            found += [
                f"{vital.name}.{side}.{level}"
                for level, _ in LEVELS
                if level != "high_now" or sharp
            ]
    return tuple(found)


SETTINGS = _keys()
"""Every limit that can be changed at the chair, in the order in which it is shown."""


def setting(raw: Raw, key: str) -> Number | None:
    """A limit of a profile; None where it is OFF."""
    vital, side, level = key.split(".")
    value = raw.get(vital, {}).get(side, {}).get(level)
    return value if isinstance(value, int | float) else None


def changed(raw: Raw, changes: Mapping[str, Number | None]) -> dict[str, Any]:
    """The profile with these limits changed; None takes one away. What is empty then goes too."""
    new: dict[str, Any] = deepcopy(dict(raw))
    for key, value in changes.items():
        vital, side, level = key.split(".")
        levels = new.setdefault(vital, {}).setdefault(side, {})
        if value is None:
            levels.pop(level, None)
        else:
            levels[level] = value
        if not levels:
            del new[vital][side]
        if not new[vital]:
            del new[vital]
    return new


def differences(old: Raw, new: Raw) -> dict[str, tuple[Number | None, Number | None]]:
    """What each changed limit was, and is."""
    both = {key: (setting(old, key), setting(new, key)) for key in SETTINGS}
    return {key: pair for key, pair in both.items() if pair[0] != pair[1]}


def wanted(args: Mapping[str, Any], in_force: Profile, began: Raw) -> dict[str, Any]:
    """The profile that a `limits` command asks for; raises ProfileError with one sentence."""
    if args.get("back") is True:
        new = changed(in_force.raw, {key: setting(began, key) for key in SETTINGS})
    else:
        asked = _asked(args.get("changes"))
        seen = args.get("was")
        if isinstance(seen, dict) and any(
            seen.get(key) != setting(in_force.raw, key) for key in asked
        ):
            raise ProfileError("limits: somebody has changed them meanwhile; look at them again")
        new = changed(in_force.raw, asked)
    parse_profile(new, "limits")
    if not differences(in_force.raw, new):
        raise ProfileError("limits: nothing would change")
    return new


def _asked(given: object) -> dict[str, Number | None]:
    """The `changes` of a command, each a known limit and a number."""
    if not isinstance(given, dict) or not given:
        raise ProfileError("limits: say which to change, as in sys.high.medium")
    for key, value in given.items():
        if key not in SETTINGS:
            raise ProfileError(f"{printable(str(key))[:60]}: no such limit; as in sys.high.medium")
        if value is not None and (isinstance(value, bool) or not isinstance(value, int | float)):
            raise ProfileError(f"{key}: give a number, or null to turn it off")
    return given


@dataclass(slots=True)
class LimitsWatch:
    """The limits as the session began with them, and what was changed since by whom."""

    began: Raw = field(default_factory=dict)
    approved: str = ""
    physician: bool = False  # this site lets a physician change them
    changes: dict[str, SettingView] = field(default_factory=dict)

    def take(self, entry: Entry, in_force: Profile) -> None:
        """Notes a `limits` entry that the core has taken."""
        body: Limits = entry.body
        if in_force.raw != body.profile:
            return  # refused: the old ones stay
        if body.changed is None:
            approval = body.approval or {}
            told = (str(approval.get(key, "")) for key in ("name", "date"))
            self.began, self.changes = in_force.raw, {}
            self.approved = printable(", ".join(part for part in told if part))[:60]
            return
        who = (entry.by.person or entry.by.account or entry.by.seat or "") if entry.by else ""
        for key in body.changed:
            self.changes[key] = SettingView(
                key, None, None, entry.t_ms / 1000, printable(who), printable(body.reason or "")
            )

    def view(self, in_force: Profile) -> LimitsView:
        """What is shown of all limits."""
        return LimitsView(
            printable(in_force.name),
            in_force.version,
            self.approved,
            tuple(self._setting(key, in_force.raw) for key in SETTINGS),
            in_force.audio_pause_ms / 1000,
            self.physician,
        )

    def _setting(self, key: str, raw: Raw) -> SettingView:
        now, first = setting(raw, key), setting(self.began, key)
        told = self.changes.get(key)
        if told is None or now == first:
            return SettingView(key, now, first)
        return SettingView(key, now, first, told.t, told.by, told.reason)
