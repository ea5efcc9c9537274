"""Which key let somebody in: as `ssh-keygen -l` prints it, of a certificate with its name."""

import base64
import hashlib
from pathlib import Path

import pytest

from ketamon.feed.ssh_key import EXPOSED, fingerprint, ssh_key


def text(value: bytes) -> bytes:
    return len(value).to_bytes(4, "big") + value


PLAIN = text(b"ssh-ed25519") + text(bytes(32))
CERTIFIED = b"".join(
    (text(b"ssh-ed25519-cert-v01@openssh.com"), text(b"nonce"), text(bytes(32)), bytes(8),
     (1).to_bytes(4, "big"), text(b"dr\x1b[2Jx"))
)  # fmt: skip


def sha(blob: bytes) -> str:
    return "SHA256:" + base64.b64encode(hashlib.sha256(blob).digest()).decode().rstrip("=")


def line(kind: str, blob: bytes) -> str:
    return f"publickey {kind} {base64.b64encode(blob).decode()}\n"


def test_a_plain_key_is_its_fingerprint(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    exposed = tmp_path / "auth"
    exposed.write_text("password\n" + line("ssh-ed25519", PLAIN))
    monkeypatch.setenv(EXPOSED, str(exposed))
    assert ssh_key() == sha(PLAIN)
    monkeypatch.setenv(EXPOSED, str(tmp_path / "none"))
    assert ssh_key() == ""
    monkeypatch.delenv(EXPOSED)
    assert ssh_key() == ""


def test_a_certificate_has_its_name_without_what_could_steer_a_terminal() -> None:
    found = fingerprint(line("ssh-ed25519-cert-v01@openssh.com", CERTIFIED))
    assert found == f"cert:dr?[2Jx {sha(CERTIFIED)}"


@pytest.mark.parametrize("exposed", ["", "password\n", "publickey ssh-rsa !!!\n", "publickey x"])
def test_anything_else_is_no_key(exposed: str) -> None:
    assert fingerprint(exposed) == ""


def test_a_certificate_that_is_cut_short_raises_nothing() -> None:
    for end in range(len(CERTIFIED)):
        assert "SHA256:" in fingerprint(
            line("ssh-ed25519-cert-v01@openssh.com", CERTIFIED[:end] or b"a")
        )
