"""CRC-8 by table, in the two forms that Viatom's devices use; both begin at 0."""


def _table(polynomial: int, *, reflected: bool) -> bytes:
    """Gives the remainder of each byte; a reflected polynomial is shifted out to the right."""
    table = bytearray()
    for byte in range(256):
        crc = byte
        for _ in range(8):
            if reflected:
                crc = crc >> 1 ^ (polynomial if crc & 1 else 0)
            else:
                crc = (crc << 1 ^ (polynomial if crc & 0x80 else 0)) & 0xFF
        table.append(crc)
    return bytes(table)


MAXIM = _table(0x8C, reflected=True)
"""Polynomial 31, reflected: CRC-8/MAXIM."""
PLAIN = _table(0x07, reflected=False)
"""Polynomial 07: CRC-8/SMBUS."""


def crc8(data: bytes, table: bytes) -> int:
    """Gives the remainder of all these bytes."""
    crc = 0
    for byte in data:
        crc = table[crc ^ byte]
    return crc
