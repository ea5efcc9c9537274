"""Our own lines (DESIGN 8): one entry a line, as `ketamon export` and `import` write them."""

import msgspec

from ketamon.entries import Entry, EntryError, decode, seconds
from ketamon.ledger.importers.flags import Flags, flag_reading

_FIRST_FIELD = b'{"t":'


def read_lines(data: bytes, flags: Flags) -> tuple[Entry, ...]:
    """Gives the entries in file order; lines that aren't entries are counted and left out.

    Entries are numbered by line where the file holds the alarm lines of its own run, because an
    acknowledgement's `up_to_seq` then means those; else 0, and the core numbers them.
    """
    entries: list[Entry] = []
    numbered = False
    newest = 0
    lines = data.split(b"\n")
    for number, line in enumerate(lines, 1):
        text = line.strip()
        if not text:
            continue
        try:
            entry = decode(text, number)
        except EntryError as error:
            cut = number == len(lines) and not text.endswith(b"}")
            flags.add("last line cut off: left out" if cut else _reason(error), number)
            continue
        if entry.t_ms < newest:
            flags.add("time that goes back: set to the time before it", number)
            entry = _at(entry, newest)
        newest = entry.t_ms
        numbered = numbered or entry.kind == "alarm"
        flag_reading(flags, entry, number)
        entries.append(entry)
    if not numbered:
        return tuple(msgspec.structs.replace(entry, seq=0) for entry in entries)
    return tuple(entries)


def _reason(error: EntryError) -> str:
    """The error without values: what is wrong with the line, for counting."""
    text = str(error).split(";", 1)[0]
    return (
        f"line that is no entry ({text}): left out" if len(text) < 100 else "line that is no entry"
    )


def _at(entry: Entry, t_ms: int) -> Entry:
    """The entry at another time; its line says so and keeps the time that it had."""
    fields = msgspec.json.decode(entry.line)
    given = fields.pop("t")
    line = _FIRST_FIELD + seconds(t_ms) + b',"t_given":' + msgspec.json.encode(given)
    rest = msgspec.json.encode(fields)[1:]
    return msgspec.structs.replace(entry, t_ms=t_ms, line=line + b"," + rest)
