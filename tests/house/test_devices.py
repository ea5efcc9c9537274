"""What README says of devices comes from the catalogue."""

from ketamon.commands.devices import table_rows
from ketamon_drivers.catalog import FAMILIES
from ketamon_drivers.protocols import PROTOCOLS
from tests.house.test_documents import table


def test_devices_in_the_readme_are_those_of_the_catalogue() -> None:
    assert table("devices") == table_rows(list(FAMILIES.values()))


def test_every_family_speaks_a_protocol_and_says_what_it_gives() -> None:
    for family in FAMILIES.values():
        assert family.protocol in PROTOCOLS
        assert family.gives
        assert family.source
        assert family.known
