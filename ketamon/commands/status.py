"""`ketamon status`: what runs on this machine now, a line a chair."""

import asyncio
import json
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from ketamon.feed.chairs import ChairInfo
    from ketamon.ledger.interrupted import Interrupted

ANSWER_WITHIN_S = 2.0
KEPT_WITHIN_S = 0.5
NOT_KEPT = "nobody would start it again: its keeper is gone; should it stop, `ketamon resume` goes on with it"
SHOWN = ("sys", "dia", "hr", "spo2")


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object a chair and line.")
@click.option("--oneline", is_flag=True, help="All chairs in one short line, for a status bar.")
def status(as_json: bool, oneline: bool) -> None:
    """Says which chairs run, how they are, and what alarms there. Exit 1 where an engine is dead."""
    from ketamon.commands.chairs import not_running
    from ketamon.feed.chairs import running_chairs
    from ketamon.feed.paths import RunFolderError, run_folder

    try:
        chairs = running_chairs()
        failed = sorted(run_folder().glob("chair-*.failed"))
        cut_short = not_running()
    except RunFolderError as error:
        raise click.ClickException(str(error)) from None
    found = [of(chair) for chair in chairs]
    found += [given_up(mark) for mark in failed]
    told = {one["chair"] for one in found}
    found += [gone(one) for one in cut_short if one.chair not in told]
    if as_json:
        for one in found:
            click.echo(json.dumps(one))
    elif oneline:
        click.echo("   ".join(short(one) for one in found) or "no session")
    else:
        for one in found:
            click.echo(long(one))
        if not found:
            click.echo("no session is running")
    if any("error" in one or "warning" in one for one in found):
        click.get_current_context().exit(1)


def of(chair: "ChairInfo") -> dict[str, Any]:
    """What one running chair is like, also where its engine can't be asked for everything."""
    from ketamon.feed.chairs import is_kept

    socket = Path(chair.socket)
    found = asyncio.run(look(chair.chair, socket))
    if "error" in found:
        return found
    if chair.trouble:
        return {"chair": chair.chair, "state": "ended", "session": chair.session,
                "error": f"its session has ended and waits to be closed: {chair.trouble}"}  # fmt: skip
    if chair.keeper and not is_kept(socket):
        time.sleep(KEPT_WITHIN_S)  # the keeper may have just been started
        if not is_kept(socket):
            found["warning"] = NOT_KEPT
    return found


def gone(one: "Interrupted") -> dict[str, Any]:
    """A session that nobody runs though nobody closed it."""
    from ketamon.commands.chairs import is_coming_back

    if is_coming_back(one.chair):
        why = "its engine is gone, and is being started again"
    else:
        why = one.sentence()
    return {"chair": one.chair, "session": str(one.path), "error": why}


def given_up(mark: Path) -> dict[str, Any]:
    """What the keeper left word of, that watches over a chair no more."""
    why = ""
    with suppress(OSError, ValueError, TypeError, KeyError):
        why = json.loads(mark.read_text())["error"]
    because = f" ({why})" if why else ""
    return {
        "chair": mark.stem.removeprefix("chair-"),
        "error": f"its engine died too often and was given up{because}; `ketamon resume` tries again",
    }


async def look(name: str, socket: Path) -> dict[str, Any]:
    """Asks one engine for its picture; `error` where it doesn't answer."""
    from ketamon.commands.chairs import no_answer
    from ketamon.feed.client import FeedClient
    from ketamon.feed.messages import Beat, FeedError
    from ketamon.feed.picture import Picture

    picture = Picture()
    client: FeedClient | None = None
    loop = asyncio.get_running_loop()
    try:
        client = await FeedClient.connect(socket, seat="observer", viewer="status")
        async with asyncio.timeout(ANSWER_WITHIN_S):
            async for message in client.messages():
                picture.apply(message, loop.time())
                if isinstance(message, Beat):
                    break
    except (OSError, FeedError, TimeoutError) as error:
        return {"chair": name, "error": str(error) or no_answer(socket)}
    finally:
        if client is not None:
            await client.close()
    if picture.hello is None:
        return {"chair": name, "error": picture.bye or "the engine is gone; it may be coming back"}
    vitals = {
        vital: {
            "value": view.value if view.state == "valid" else None,
            "state": view.state,
            "age_s": None if view.t is None else round(picture.t - view.t, 1),
            "source": view.source,
        }
        for vital in SHOWN
        if (view := picture.vitals.get(vital)) is not None
    }
    return {
        "chair": name,
        "session": picture.hello.session,
        "mode": picture.mode,
        "phase": picture.phase,
        "t": picture.t,
        "speed": picture.speed,
        "recorded": picture.recorded,
        "seq": picture.seq,
        "vitals": vitals,
        "alarms": [
            {
                "condition": c.condition,
                "state": c.state,
                "priority": c.priority,
                "value": c.value,
                "limit": c.limit,
                "since_s": round(picture.t - c.since_t, 1),
            }
            for c in picture.standing()
        ],
        "devices": [
            {"device": d.device, "family": d.family, "state": d.state, "reason": d.reason}
            for d in picture.devices.values()
        ],
    }


def short(one: dict[str, Any]) -> str:
    """`1 SIM 158/94 78 97% **SYS HIGH`."""
    if "error" in one:
        return f"{one['chair']} {'ENDED, NOT CLOSED' if one.get('state') == 'ended' else 'DEAD'}"
    from ketamon.vitals import condition_label, condition_mark

    vitals = one["vitals"]
    alarm = one["alarms"][0] if one["alarms"] else None
    mode = {"SIMULATED": "SIM ", "REPLAY": "REPLAY "}.get(one["mode"], "")
    words = (
        f"{one['chair']} {mode}{_number(vitals, 'sys')}/{_number(vitals, 'dia')} "
        f"{_number(vitals, 'hr')} {_number(vitals, 'spo2')}%"
    )
    if alarm is None:
        return words
    mark = condition_mark(alarm["condition"], alarm["priority"])
    return f"{words} {mark}{condition_label(alarm['condition'])}"


def long(one: dict[str, Any]) -> str:
    """A sentence a chair."""
    if "error" in one:
        return f"chair {one['chair']}: {one['error']}"
    vitals = one["vitals"]
    numbers = (
        f"BP {_number(vitals, 'sys')}/{_number(vitals, 'dia')}{_age(vitals, 'sys')}, "
        f"HR {_number(vitals, 'hr')}{_age(vitals, 'hr')}, "
        f"SpO2 {_number(vitals, 'spo2')}{_age(vitals, 'spo2')}"
    )
    from ketamon.vitals import condition_label

    alarms = "; ".join(
        f"{condition_label(a['condition'])} {a['priority']} {a['state']} for {int(a['since_s'])} s"
        for a in one["alarms"]
    )
    devices = ", ".join(
        f"{d['device']} {d['state']}" + (f" ({d['reason']})" if d["reason"] else "")
        for d in one["devices"]
    )
    return (
        f"chair {one['chair']}: {one['mode']}, {one['phase'] or 'no phase'}, {numbers}; "
        f"alarms: {alarms or 'none'}; devices: {devices or 'none'}; "
        f"recorded {one['recorded']} of {one['seq']}"
        + (f"; {one['warning']}" if "warning" in one else "")
    )


def _number(vitals: dict[str, Any], name: str) -> str:
    value = vitals.get(name, {}).get("value")
    return "---" if value is None else f"{value:g}"


def _age(vitals: dict[str, Any], name: str) -> str:
    found = vitals.get(name, {})
    if found.get("value") is None or found.get("age_s") is None:
        return ""
    age = int(found["age_s"])
    return f" ({age} s ago)" if age < 120 else f" ({age // 60} min ago)"
