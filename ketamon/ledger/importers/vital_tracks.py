"""VitalDB's `.vital` as entries: numeric tracks by name, text tracks as notes.

Wave tracks, and numbers that a session has no place for (an arterial line, gases), are counted and
left out. A monitor's cuff values, told again each second, are one measurement.
"""

from operator import attrgetter

from ketamon.entries import Entry
from ketamon.ledger.importers.channels import CHANNELS, Sample
from ketamon.ledger.importers.flags import Flags
from ketamon.ledger.importers.foreign import count, entries_of, in_order, unit_for, wall_clock
from ketamon.ledger.importers.track_names import chosen
from ketamon.ledger.importers.vital_file import NUMBER, TEXT, Track, read_vital

FORM = "VitalDB .vital"
NOTE_AT_MOST = 500  # characters of a text record


def read_vital_recording(data: bytes, flags: Flags) -> tuple[str, tuple[Entry, ...]]:
    """Gives the form's name and the entries; raises VitalFileError where it is no `.vital` file."""
    file = read_vital(data)
    if file.cut is not None:
        flags.add(f"{file.cut}: what came before is read")
    count(flags, "packet that can't be read: left out", file.unreadable)
    if file.waves:
        names = ", ".join(file.waves)
        count(flags, f"wave track left out ({names[:120]})", len(file.waves))
    numbers = {t.full_name: t for t in file.tracks if t.kind == NUMBER and t.records}
    taken, passed = chosen((key, track.name) for key, track in numbers.items())
    samples: list[Sample] = []
    for key, track in numbers.items():
        count(flags, f"{key}: a record without a value", track.missing)
        channel = taken.get(key)
        if channel in CHANNELS:
            samples += _samples(track, channel, flags)
        else:
            better = passed.get(key)
            why = f"{better} is taken" if better else "no place in a session"
            count(flags, f"value of {key} left out: {why}", len(track.records))
    samples.sort(key=attrgetter("time_ms"))  # of one time, in the order of the tracks
    texts = _texts([t for t in file.tracks if t.kind == TEXT], flags)
    starts_ms = [s.time_ms for s in samples[:1]] + [t_ms for t_ms, _ in texts[:1]]
    started = wall_clock(min(starts_ms, default=0) / 1000, file.offset_min)
    return FORM, entries_of(FORM, samples, flags, started, texts)


def _samples(track: Track, channel: str, flags: Flags) -> list[Sample]:
    unit = unit_for(channel, track.unit, flags)
    times = in_order((round(seconds * 1000) for seconds, _ in track.records), flags)
    return [
        Sample(0, t_ms, channel, None if isinstance(v, str) else v, None, unit)
        for t_ms, (_, v) in zip(times, track.records, strict=True)
    ]


def _texts(tracks: list[Track], flags: Flags) -> list[tuple[int, str]]:
    """All texts in order of time; a track that is not the events' is named in front."""
    found: list[tuple[int, str]] = []
    for track in tracks:
        name = "" if track.name == "EVENT" else f"{track.full_name}: "
        times = in_order((round(seconds * 1000) for seconds, _ in track.records), flags)
        for t_ms, (_, text) in zip(times, track.records, strict=True):
            whole = f"{name}{text}"
            if len(whole) > NOTE_AT_MOST:
                flags.add(f"text of over {NOTE_AT_MOST} characters: cut")
            found.append((t_ms, whole[:NOTE_AT_MOST]))
    return sorted(found, key=lambda item: item[0])
