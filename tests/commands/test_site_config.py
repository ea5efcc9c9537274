"""A site's config.toml: read where it is, refused by file, key and reason."""

from pathlib import Path

import pytest

from ketamon.commands.site_config import (
    ChairConfig,
    SiteConfig,
    SiteConfigError,
    load_site_config,
)

WHOLE = """
[limits]
approvers_group = "clinicians"
[physician]
may = ["limits"]
[seats]
physician = "doctors"
[chair.1]
cuff = "suntech:/dev/ttyUSB0"
limits = "iv.toml"
[chair.window]
oximeter = "nonin-df8:/dev/ttyUSB1"
limits = "/site/im.toml"
"""


@pytest.fixture(autouse=True)
def _nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("KETAMON_CONFIG", raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_CONFIG_DIRS", str(tmp_path / "site"))


def test_what_is_written_is_read(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text(WHOLE)
    assert load_site_config(path) == SiteConfig(
        "clinicians",
        ("limits",),
        {"physician": "doctors"},
        {
            "1": ChairConfig({"cuff": "suntech:/dev/ttyUSB0"}, tmp_path / "iv.toml"),
            "window": ChairConfig({"oximeter": "nonin-df8:/dev/ttyUSB1"}, Path("/site/im.toml")),
        },
    )


def test_where_none_is_everything_is_as_if_it_were_empty(tmp_path: Path) -> None:
    path = tmp_path / "empty.toml"
    path.write_text("")
    assert load_site_config() == load_site_config(path) == SiteConfig()


def test_it_is_found_where_it_is_named_then_at_home_then_at_the_site(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for place in ("site/ketamon", "home/ketamon", "named"):
        path = tmp_path / place / "config.toml"
        path.parent.mkdir(parents=True)
        path.write_text(f'[limits]\napprovers_group = "{place}"')
        if place == "named":
            monkeypatch.setenv("KETAMON_CONFIG", str(path))
        assert load_site_config().approvers_group == place


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[limits", "is not TOML"),
        ("[limit]", "limit: unknown key; known here: limits, physician, seats, chair"),
        ("[physician]\nmay = ['phase']", "physician.may: is a list of limits and end"),
        ("[seats]\nobserver = 'all'", "seats.observer: unknown key; known here: nurse, physician"),
        ("[seats]\nnurse = 3", "seats.nurse: 3 is not a text"),
        ("[physician]\nmay = 'limits'", "physician.may: is a list of limits and end"),
        ('[limits]\napprover = "x"', "limits.approver: unknown key"),
        ("[limits]\napprovers_group = 7", "limits.approvers_group: 7 is not a text"),
        ("limits = 3", "limits: is not a table; write [limits]"),
        ("[chair]\n1 = 3", "chair.1: is not a table"),
        ("[chair.1]\npump = 'x'", "chair.1.pump: unknown key; known here: cuff, oximeter"),
        ("[chair.1]\ncuff = ['x']", "chair.1.cuff: ['x'] is not a text"),
    ],
)
def test_what_is_wrong_is_named_with_file_key_and_reason(
    tmp_path: Path, text: str, words: str
) -> None:
    path = tmp_path / "config.toml"
    path.write_text(text)
    with pytest.raises(SiteConfigError) as refused:
        load_site_config(path)
    assert str(refused.value).startswith(f"{path}: ")
    assert words in str(refused.value)


@pytest.mark.parametrize("content", [None, b"\xff\xfe"])
def test_what_can_not_be_read_is_refused(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "config.toml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(SiteConfigError, match=r"config.toml: (can't be read|is not TOML)"):
        load_site_config(path)
