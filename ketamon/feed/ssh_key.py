"""Which key let this program in: what sshd exposes (ExposeAuthInfo), as one short word for the ledger.

`SHA256:…`, as `ssh-keygen -l` prints it; of a certificate its name and the fingerprint of the whole:
`cert:ann SHA256:…`.
"""

import base64
import hashlib
import os
from contextlib import suppress
from pathlib import Path

EXPOSED = "SSH_USER_AUTH"
READ_BYTES = 64 * 1024
LONGEST_NAME = 60
CERTIFICATE = "-cert-v01@openssh.com"
KEY_FIELDS = {
    "ssh-ed25519": 1, "ssh-rsa": 2, "ecdsa-sha2-nistp256": 2, "ecdsa-sha2-nistp384": 2,
    "ecdsa-sha2-nistp521": 2, "sk-ssh-ed25519": 2, "sk-ecdsa-sha2-nistp256": 3,
}  # fmt: skip
"""How many fields of a certificate are the key itself: between nonce and serial number."""


def ssh_key() -> str:
    """The key that opened this connection; empty where no ssh says."""
    path = os.environ.get(EXPOSED)
    if not path:
        return ""
    with suppress(OSError), Path(path).open(errors="replace") as file:
        return fingerprint(file.read(READ_BYTES))
    return ""


def fingerprint(exposed: str) -> str:
    """The last public key among the lines that sshd wrote; empty where none is."""
    for line in reversed(exposed.splitlines()):
        words = line.split()
        if len(words) < 3 or words[0] != "publickey":
            continue
        with suppress(ValueError):
            blob = base64.b64decode(words[2], validate=True)
            digest = base64.b64encode(hashlib.sha256(blob).digest()).decode().rstrip("=")
            return f"{_name(words[1], blob)}SHA256:{digest}"
    return ""


def _name(kind: str, blob: bytes) -> str:
    """`cert:NAME ` of a certificate; nothing of a plain key."""
    if not kind.endswith(CERTIFICATE):
        return ""
    at = 0
    for _ in range(2 + KEY_FIELDS.get(kind.removesuffix(CERTIFICATE), 1)):
        at += 4 + int.from_bytes(blob[at : at + 4], "big")
    at += 8 + 4  # serial number, kind of certificate
    length = int.from_bytes(blob[at : at + 4], "big")
    name = blob[at + 4 : at + 4 + min(length, LONGEST_NAME)].decode("ascii", "replace")
    return "cert:" + "".join(c if c.isprintable() and c != "�" else "?" for c in name) + " "
