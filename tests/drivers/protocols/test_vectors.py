"""Bytes that nobody here wrote, with what others say they mean (tests/vectors)."""

import json
from pathlib import Path
from typing import Any

import pytest

from ketamon_drivers.protocols import PROTOCOLS, ge_dri, viatom_bp2
from ketamon_drivers.protocols.date_time import date_time
from ketamon_drivers.protocols.sfloat import sfloat
from ketamon_drivers.readings import Reading, encode

VECTORS = Path(__file__).parents[2] / "vectors"
BLUETOOTH: list[dict[str, Any]] = json.loads((VECTORS / "bluetooth.json").read_text())
SERIAL: list[dict[str, Any]] = json.loads((VECTORS / "serial.json").read_text())

CONSTRUCTED: list[dict[str, Any]] = json.loads((VECTORS / "constructed.json").read_text())
"""Made from the tables where no bytes are public, by hand and not by our encoders; each says so."""

BY_NAME = {
    "2A35": ("gatt-2a35", None),
    "2A35/beurer-quirk": ("gatt-2a35", "Beurer BM85"),
    "2A36": ("gatt-2a36", None),
    "2A5E": ("gatt-2a5e", None),
    "2A5F": ("gatt-2a5f", None),
    "2A37": ("gatt-2a37", None),
    "contec-ff12": ("contec-ff12", None),
    "jumper-0x81": ("jumper", None),
}
OURS = {"gatt-2a35": ("clock_not_set",)}
"""Words that we put on what others leave out."""
FIELDS = {
    "sys": "systolic", "dia": "diastolic", "map": "mean", "pulse": "pulse_rate", "user": "user",
    "time": "device_time", "cuff": "pressure", "spo2": "spo2", "pr": "pulse_rate",
    "pai": "perfusion_index", "hr": "heart_rate", "contact": "contact", "energy": "energy",
}  # fmt: skip
"""The vectors' words for the fields of our readings."""

ELSEWHERE = {
    "unit", "raw_time", "status", "flags", "pulse_range", "error", "meas_status", "dev_status",
    "rr", "quirk", "no_finger", "pi_raw",
}  # fmt: skip
"""What the vectors say that other tests below compare, or that our readings put in words."""


def lines(readings: list[Reading]) -> list[dict[str, Any]]:
    """Gives readings as the JSON objects that programs see."""
    return [json.loads(encode(reading)) for reading in readings]


def decoded(name: str, raw: bytes, model: str | None = None) -> list[dict[str, Any]]:
    """Gives all that a fresh decoder makes of these bytes."""
    decoder = PROTOCOLS[name].decoder(model)
    return lines(decoder.feed(raw) + decoder.end())


@pytest.mark.parametrize(
    "vector", [v for v in BLUETOOTH if v["protocol"] in BY_NAME], ids=lambda v: v["id"]
)
def test_bluetooth_packet_means_what_others_say(vector: dict[str, Any]) -> None:
    name, model = BY_NAME[vector["protocol"]]
    (line,) = decoded(name, bytes.fromhex(vector["hex"]), model)
    expected = vector["expect"]
    if "error" in expected:
        assert line["kind"] == "rejected"
        assert line["raw"] == vector["hex"]
        return
    assert set(expected) <= FIELDS.keys() | ELSEWHERE
    for theirs, ours in FIELDS.items():
        if theirs in expected and not (vector["protocol"] == "2A36" and theirs != "cuff"):
            value = expected[theirs]
            assert line[ours] == (None if theirs == "map" and value == 0 else value), theirs
    if "unit" in expected and name == "gatt-2a35":
        assert line["original_unit"] == expected["unit"]
    if "rr" in expected:
        assert line["rr_intervals"] == [interval * 1000 / 1024 for interval in expected["rr"]]
    if "flags" in expected:
        said = [word for word in line["status"] if word not in OURS.get(name, ())]
        assert said == sorted(expected["flags"])
    if expected.get("pulse_range") == 2:
        assert line["status"] == ["pulse_below_range"]


STATUS_OF_PLX = {"plxs-02": ["equipment_malfunction", "low_perfusion", "questionable"]}


@pytest.mark.parametrize(
    "vector", [v for v in BLUETOOTH if v["protocol"] in {"2A5E", "2A5F"}], ids=lambda v: v["id"]
)
def test_oximeter_status_bits_become_the_words_of_the_service(vector: dict[str, Any]) -> None:
    name, _ = BY_NAME[vector["protocol"]]
    (line,) = decoded(name, bytes.fromhex(vector["hex"]))
    assert line["status"] == STATUS_OF_PLX.get(vector["id"], [])


@pytest.mark.parametrize(
    "vector", [v for v in BLUETOOTH if v["protocol"] == "SFLOAT"], ids=lambda v: v["id"]
)
def test_sfloat_gives_the_number_that_others_give(vector: dict[str, Any]) -> None:
    assert sfloat(int.from_bytes(bytes.fromhex(vector["hex"]), "little")) == vector["expect"]["v"]


def test_date_time_gives_the_time_of_the_makers_document() -> None:
    (vector,) = (v for v in BLUETOOTH if v["protocol"] == "2A08")
    assert date_time(bytes.fromhex(vector["hex"]), 0) == vector["expect"]["time"]


def serial(proto: str) -> list[dict[str, Any]]:
    """Gives the serial vectors of one protocol."""
    found = [vector for vector in SERIAL if vector["proto"] == proto]
    assert found
    return found


@pytest.mark.parametrize("vector", serial("nonin-df8"), ids=lambda v: v["hex"])
def test_nonin_frame_means_what_others_say(vector: dict[str, Any]) -> None:
    (line,) = decoded("nonin-df8", bytes.fromhex(vector["hex"]))
    assert line["spo2"] == vector["decoded"]["spo2"]
    assert line["pulse_rate"] == vector["decoded"]["hr"]
    assert ("sensor_off" in line["status"]) == vector["decoded"].get("sensor_alarm", False)


@pytest.mark.parametrize("vector", serial("contec-v7"), ids=lambda v: v["hex"])
def test_contec_v7_frame_means_what_others_say(vector: dict[str, Any]) -> None:
    (line,) = decoded("contec-v7", bytes.fromhex(vector["hex"]))
    theirs = vector["decoded"]
    assert line["spo2"] == theirs["spo2"]
    assert line["pulse_rate"] == theirs["pr"]
    assert line["perfusion_index"] == theirs["pi"]
    assert ("sensor_off" in line["status"]) == theirs["probe_error"]
    assert ("searching" in line["status"]) == theirs["searching"]


def test_contec_5byte_frame_means_what_others_say() -> None:
    (vector,) = serial("contec-old/bci 5 byte")
    (line,) = decoded("contec-5byte", bytes.fromhex(vector["hex"]))
    assert (line["spo2"], line["pulse_rate"]) == (97, 60)


def test_suntech_packets_mean_what_the_makers_examples_say() -> None:
    result, ack = serial("suntech")
    (line,) = decoded("suntech", bytes.fromhex(result["hex"]))
    assert (line["systolic"], line["diastolic"], line["mean"]) == (115, 74, 88)
    assert line["pulse_rate"] == result["decoded"]["hr"]
    assert line["status"] == []
    (answer,) = decoded("suntech", bytes.fromhex(ack["hex"]))
    assert (answer["kind"], answer["command"], answer["ok"]) == ("reply", "K", True)
    (pressure,) = decoded("suntech", bytes.fromhex("3e050201ba"))
    assert pressure == {"kind": "cuff_pressure", "pressure": 258}


def test_commands_are_the_makers_bytes_and_reset_is_not_among_them() -> None:
    suntech = {vector["name"]: bytes.fromhex(vector["hex"]) for vector in serial("suntech-cmd")}
    ours = PROTOCOLS["suntech"].commands
    assert ours["start_adult"] == suntech["start adult"]
    assert ours["start_pediatric"] == suntech["start pediatric"]
    assert ours["start_neonate"] == suntech["start neonate"]
    assert ours["abort"] == suntech["abort"]
    assert ours["get_cuff_pressure"] == suntech["get cuff pressure"]
    assert ours["get_result"] == suntech["get BP data"]
    assert suntech["reset"] not in ours.values()
    contec = {bytes.fromhex(vector["hex"]) for vector in serial("contec-v7-cmd")}
    assert set(PROTOCOLS["contec-v7"].commands.values()) == contec
    (nonin,) = serial("nonin-set-format")
    assert PROTOCOLS["nonin-df8"].commands["select_format_8"] == bytes.fromhex(nonin["hex"])


def of(protocol: str) -> list[dict[str, Any]]:
    """Gives the Bluetooth vectors of one protocol."""
    found = [vector for vector in BLUETOOTH if vector["protocol"] == protocol]
    assert found
    return found


@pytest.mark.parametrize("vector", of("pc60"), ids=lambda v: v["id"])
def test_pc60_frame_means_what_others_say(vector: dict[str, Any]) -> None:
    told = decoded("viatom-pc60", bytes.fromhex(vector["hex"]))
    theirs = vector["expect"]
    if "wave" in theirs:
        assert told == [{"kind": "pleth", "samples": theirs["wave"], "rate": None}]
        return
    if "spo2" in theirs:
        line = told.pop(0)
        assert line["kind"] == "oximetry"
        assert (line["spo2"], line["pulse_rate"]) == (theirs["spo2"], theirs["pr"])
        assert line["perfusion_index"] == theirs.get("pi")
        assert line["status"] == []
    battery = [{"kind": "device_info", "battery_level": 3}]
    assert told == (battery if "battery_level" in theirs else [])


def test_ff12_frame_without_finger_says_so() -> None:
    (vector,) = (v for v in of("contec-ff12") if v["expect"].get("no_finger"))
    (line,) = decoded("contec-ff12", bytes.fromhex(vector["hex"]))
    assert line["status"] == ["sensor_off"]


def test_berry_version_is_a_version() -> None:
    (vector,) = of("berry-version")
    told = decoded("berry-bci", bytes.fromhex(vector["hex"]))
    assert told == [{"kind": "device_info", "firmware": "V1.0"}]


def test_bp2_tells_state_and_who_it_is() -> None:
    (state,), (information,) = (
        of("lp-bp2w 0x00 payload"),
        of("lp-bp2w 0xE1 payload (first 48 bytes)"),
    )
    (line,) = decoded("viatom-bp2", viatom_bp2.packet(0x00, 1, 0, bytes.fromhex(state["hex"])))
    assert state["expect"]["device_state"] == 3
    assert line["detail"] == f"idle, user {state['expect']['active_user']}"
    data = bytes.fromhex(information["hex"]).ljust(60, b"\0")
    device, reply = decoded("viatom-bp2", viatom_bp2.packet(0xE1, 1, 0, data))
    theirs = information["expect"]
    assert (device["model"], device["serial_number"]) == (theirs["model"], theirs["serial"])
    assert reply["detail"] == f"clock {theirs['clock']}"


@pytest.mark.parametrize("vector", serial("masimo-ascii"), ids=lambda v: v["text"])
def test_masimo_line_means_what_others_say(vector: dict[str, Any]) -> None:
    line = decoded("masimo-ascii", vector["text"].encode())[0]
    theirs = vector["decoded"]
    assert line["spo2"] == theirs["spo2"]
    assert line["pulse_rate"] == theirs.get("bpm", theirs.get("pr"))
    assert line["perfusion_index"] == theirs.get("pi")
    assert ("sensor_disconnected" in line["status"]) == (theirs.get("exc") == "no sensor")


def test_nellcor_row_means_what_others_say() -> None:
    (vector,) = serial("nellcor-ascii")
    (line,) = decoded("nellcor-ascii", vector["text"].encode())
    theirs = vector["decoded"]
    assert (line["spo2"], line["pulse_rate"]) == (theirs["spo2"], theirs["pr"])
    assert line["device_time"] == "1998-11-12T14:00:05"


@pytest.mark.parametrize(
    "vector",
    [v for v in CONSTRUCTED if not v["protocol"].endswith("-cmd")],
    ids=lambda v: f"{v['protocol']}-{json.dumps(v['expect'])[:60]}",
)
def test_constructed_bytes_mean_what_the_table_says(vector: dict[str, Any]) -> None:
    raw = bytes.fromhex(vector["hex"]) if "hex" in vector else vector["text"].encode()
    told = decoded(vector["protocol"], raw)
    assert all(line["kind"] != "rejected" for line in told)
    expected = dict(vector["expect"])
    pulse = expected.pop("oximetry_pulse_rate", None)
    if pulse is not None:
        assert [x["pulse_rate"] for x in told if x["kind"] == "oximetry"] == [pulse]
    merged: dict[str, Any] = {}
    for line in told:
        merged |= line
    assert {field: merged[field] for field in expected} == expected
    if vector["protocol"] == "ge-dri":
        assert any(line["kind"] == "blood_pressure" for line in told) == ("systolic" in expected)


def test_further_commands_are_the_makers_bytes() -> None:
    ours = {name: spec.commands for name, spec in PROTOCOLS.items()}
    ff12 = {v["expect"]["cmd"]: bytes.fromhex(v["hex"]) for v in of("contec-ff12-cmd")}
    assert ours["contec-ff12"] == ff12
    (sensors,) = of("viatom-AA")
    assert ours["viatom-o2ring"] == {"read_sensors": bytes.fromhex(sensors["hex"])}
    (information,) = of("lepu-A5")
    assert viatom_bp2.request(0xE1, 2) == bytes.fromhex(information["hex"])
    par = {v["text"].encode() for v in serial("par-nibp-cmd")}
    sent = ours["par-nibp"].values()
    assert {b"<STX>" + command[1:-1] + b"<ETX>" for command in sent} == par
    (ecg,) = (v for v in CONSTRUCTED if v["protocol"] == "berry-pm6750-cmd")
    assert ours["berry-pm6750"][ecg["expect"]["cmd"]] == bytes.fromhex(ecg["hex"])
    chosen = {v["name"]: bytes.fromhex(v["hex"]) for v in serial("nonin-set-format-4")}
    for number in (2, 7, 13):
        commands = ours[f"nonin-df{number}"]
        assert commands[f"select_format_{number}_wristox"] == chosen[f"3150: select DF{number}"]
        assert commands[f"select_format_{number}"] == bytes([2, 0x70, 2, 2, number, 3])


def test_ge_requests_are_the_makers_bytes_with_the_checksum_escaped() -> None:
    displayed, trend, stop = (bytes.fromhex(v["hex"]) for v in serial("ge-dri-cmd"))
    assert PROTOCOLS["ge-dri"].commands == {
        "start_displayed_10_s": displayed,
        "stop_displayed": stop,
    }
    assert ge_dri.request(3, 60, 0x0E) == trend
    assert trend[-3:] == b"\x7d\x5d\x7e"


OPCODES = {
    # the place of the opcode, and all of them that may ever be sent: anything else fails here
    "suntech": (slice(1, 2), "20 28 79 87"),
    "contec-v7": (slice(2, 3), "a1 a2 a7 aa ac af"),
    "contec-ff12": (slice(0, 1), "86 89 8e 9a 9b"),
    "viatom-o2ring": (slice(1, 2), "17"),
    "viatom-bp2": (slice(1, 2), "00 08 30 e1"),
    "berry-bci": (slice(0, 1), "e0 fe ff"),
    "nonin-df2": (slice(1, 2), "70"),
    "nonin-df7": (slice(1, 2), "70"),
    "nonin-df8": (slice(1, 2), "70"),
    "nonin-df13": (slice(1, 2), "70"),
    "ge-dri": (slice(41, 44), "010000 010a00"),
    "berry-pm6750": (slice(3, 4), "01 02 03 fe"),
    "par-nibp": (slice(1, 3), "3031 3033 3138"),
}


@pytest.mark.parametrize("name", PROTOCOLS)
def test_no_protocol_can_send_what_deletes_resets_or_calibrates(name: str) -> None:
    commands = PROTOCOLS[name].commands.values()
    if name not in OPCODES:
        assert not commands
        return
    place, allowed = OPCODES[name]
    assert sorted({command[place].hex() for command in commands}) == allowed.split()
