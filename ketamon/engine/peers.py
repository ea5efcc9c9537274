"""Who is at the other end of a socket, by the kernel's word: account and groups (DESIGN 10).

| asked of the socket | gives |
|---|---|
| SO_PEERCRED | process, account, first group, as they were when it connected |
| SO_PEERGROUPS (59, Linux 4.13) | the other groups |
"""

import grp
import os
import socket
import struct
from dataclasses import dataclass

SO_PEERGROUPS = 59
GROUPS_BYTES = 1024  # what may be asked for at most: 256 groups
CREDENTIALS = struct.Struct("3i")
GROUP = struct.Struct("I")


@dataclass(frozen=True, slots=True)
class Peer:
    """An account and the names of its groups."""

    uid: int
    groups: frozenset[str] = frozenset()


def peer_of(connection: socket.socket) -> Peer:
    """Gives the account at the other end; our own where the system can't say."""
    option = getattr(socket, "SO_PEERCRED", None)
    if option is None:
        return Peer(os.getuid())
    told = connection.getsockopt(socket.SOL_SOCKET, option, CREDENTIALS.size)
    _pid, uid, gid = CREDENTIALS.unpack(told)
    try:
        more = connection.getsockopt(socket.SOL_SOCKET, SO_PEERGROUPS, GROUPS_BYTES)
    except OSError:
        more = b""  # an older kernel, or more groups than can be asked for: the first one counts
    gids = {gid, *(number for (number,) in GROUP.iter_unpack(more))}
    return Peer(uid, frozenset(filter(None, map(_name, gids))))


def _name(gid: int) -> str:
    """The group's name; empty where it has none, as nothing in a configuration can mean it."""
    try:
        return grp.getgrgid(gid).gr_name
    except KeyError:
        return ""
