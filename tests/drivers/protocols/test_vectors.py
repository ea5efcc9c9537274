"""Bytes that nobody here wrote, with what others say they mean (tests/vectors)."""

import json
from pathlib import Path
from typing import Any

import pytest

from ketamon_drivers.protocols import PROTOCOLS
from ketamon_drivers.protocols.date_time import date_time
from ketamon_drivers.protocols.sfloat import sfloat
from ketamon_drivers.readings import Reading, encode

VECTORS = Path(__file__).parents[2] / "vectors"
BLUETOOTH: list[dict[str, Any]] = json.loads((VECTORS / "bluetooth.json").read_text())
SERIAL: list[dict[str, Any]] = json.loads((VECTORS / "serial.json").read_text())

BY_NAME = {
    "2A35": ("gatt-2a35", None),
    "2A35/beurer-quirk": ("gatt-2a35", "Beurer BM85"),
    "2A36": ("gatt-2a36", None),
    "2A5E": ("gatt-2a5e", None),
    "2A5F": ("gatt-2a5f", None),
    "2A37": ("gatt-2a37", None),
}
FIELDS = {
    "sys": "systolic", "dia": "diastolic", "map": "mean", "pulse": "pulse_rate", "user": "user",
    "time": "device_time", "cuff": "pressure", "spo2": "spo2", "pr": "pulse_rate",
    "pai": "perfusion_index", "hr": "heart_rate", "contact": "contact", "energy": "energy",
}  # fmt: skip
"""The vectors' words for the fields of our readings."""

ELSEWHERE = {
    "unit", "raw_time", "status", "flags", "pulse_range", "error", "meas_status", "dev_status",
    "rr", "quirk",
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
        assert line["status"] == sorted(expected["flags"])
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


FORBIDDEN = {
    "suntech": {0x8A, 0x0C, 0x04, 0x17},  # reset, pneumatics, calibration, inflation target
    "contec-v7": {0xAE, 0xA3, 0xA4, 0xA5, 0xA6, 0xB0, 0xB6},  # delete, and all stored data
}


@pytest.mark.parametrize("name", PROTOCOLS)
def test_no_protocol_can_send_what_deletes_resets_or_calibrates(name: str) -> None:
    opcode_at = {"suntech": 1, "contec-v7": 2}.get(name)
    for packet in PROTOCOLS[name].commands.values():
        if opcode_at is not None:
            assert packet[opcode_at] not in FORBIDDEN[name]
