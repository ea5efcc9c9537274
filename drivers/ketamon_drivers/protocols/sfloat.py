"""SFLOAT, the 16-bit decimal number of Bluetooth health devices (IEEE 11073-20601, "medfloat16").

| bits | what |
|---|---|
| 15-12 | exponent, two's complement, of ten |
| 11-0 | mantissa, two's complement |

Five whole words mean "no value": NaN 07FF, not at this resolution 0800, +INF 07FE, -INF 0802,
reserved 0801. 0FFF is -1, not one of them.
"""

from decimal import Decimal

from ketamon_drivers.protocols.protocol import EncodeError
from ketamon_drivers.readings import Number

NO_VALUE = frozenset({0x07FE, 0x07FF, 0x0800, 0x0801, 0x0802})
NAN = 0x07FF
_TEN_TO: tuple[int, ...] = (1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000)


def sfloat(word: int) -> Number | None:
    """Gives the number in a 16-bit word, or None where the word means that there is none."""
    if word < 0x07FE:  # exponent 0, not negative: nearly all that devices send
        return word
    if word in NO_VALUE:
        return None
    mantissa = word & 0x0FFF
    if mantissa > 0x07FF:
        mantissa -= 0x1000
    exponent = word >> 12
    # Division by a power of ten gives 18.9 where multiplying by 0.1 gives 18.900000000000002.
    if exponent > 7:
        return mantissa / _TEN_TO[16 - exponent]
    return mantissa * _TEN_TO[exponent]


def encode_sfloat(value: Number | None) -> int:
    """Gives the word for a number, NaN for None; EncodeError if four digits can't hold it."""
    if value is None:
        return NAN
    sign, digits, power = Decimal(repr(value)).normalize().as_tuple()
    if not isinstance(power, int):
        raise EncodeError(f"{value} is no number that SFLOAT can hold")
    mantissa = int("".join(map(str, digits))) * (-1 if sign else 1)
    while power > 0 and (power > 7 or -2048 <= mantissa * 10 <= 2047):
        mantissa, power = mantissa * 10, power - 1
    word = (power & 0xF) << 12 | (mantissa & 0xFFF)
    if not (-2048 <= mantissa <= 2047 and -8 <= power <= 7) or word in NO_VALUE:
        raise EncodeError(f"{value} has more digits than SFLOAT can hold")
    return word
