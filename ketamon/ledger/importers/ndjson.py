"""Our own lines (DESIGN 8): one entry a line, as `ketamon export` and `import` write them."""

import msgspec

from ketamon.entries import Entry, EntryError, decode, seconds
from ketamon.ledger.importers.flags import Flags, flag_entry
from ketamon.ledger.importers.whole import assert_runs_forwards, cut_off
from ketamon.ledger.progress import told

_FIRST_FIELD = b'{"t":'


def read_lines(data: bytes, flags: Flags) -> tuple[Entry, ...]:
    """Gives the entries in file order; lines that aren't entries are counted and left out.

    Raises NotWholeError for a file that is cut off or runs backwards.
    Entries are numbered by line where the file holds the alarm lines of its own run, because an
    acknowledgement's `up_to_seq` then means those; else 0, and the core numbers them.
    """
    entries: list[Entry] = []
    numbered = False
    newest = 0
    first: int | None = None
    last: int | None = None
    lines = data.split(b"\n")
    for number, line in enumerate(told(lines, len(lines)), 1):
        text = line.strip()
        if not text:
            continue
        try:
            entry = decode(text, number)
        except EntryError as error:
            if number == len(lines) and not _is_json(text):
                raise cut_off(number) from None
            flags.add(_reason(error), number)
            continue
        first, last = entry.t_ms if first is None else first, entry.t_ms
        if entry.t_ms < newest:
            flags.add("time that goes back: set to the time before it", number)
            try:
                entry = _at(entry, newest)
            except RecursionError:  # just not too deep to be read, and so to be written
                flags.add("line that is too deep to be set to another time: left out", number)
                continue
        newest = entry.t_ms
        numbered = numbered or entry.kind == "alarm"
        flag_entry(flags, entry, number)
        entries.append(entry)
    assert_runs_forwards(first, last)
    if not numbered:
        return tuple(msgspec.structs.replace(entry, seq=0) for entry in entries)
    return tuple(entries)


def _is_json(text: bytes) -> bool:
    """False for a line that broke off: its newline is missing, and so is its end."""
    try:
        msgspec.json.decode(text)
    except RecursionError:
        return True
    except (msgspec.DecodeError, UnicodeDecodeError):
        return False
    return True


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
