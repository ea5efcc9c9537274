"""The air between virtual radios: who hears whom, how strongly, and what gets lost on the way.

| fault | what both ends see |
|---|---|
| drop | the link ends at once |
| out of range | nothing; after the supervision time-out the link ends; back before, all that waited comes |
| hush | nothing, for ever: a link that only one end believes in |
| advert loss, RSSI, delay | fewer advertisements, weaker ones, later data |
| refuse connects | it advertises, and whoever connects is told that it failed (0x3E) |

All of it is below the host, so a central and a device are shown what a real radio would show them.
Loss and range are the radio's own; the air only carries.
"""

import asyncio
from collections.abc import Callable
from random import Random

from bumble import hci, ll
from bumble.controller import Connection, Controller
from bumble.core import PhysicalTransport
from bumble.hci import Address
from bumble.link import LocalLink

USUAL_RSSI_DBM = -55
SUPERVISION_S = 0.72
"""A link on which nothing was heard for so long has ended; what bumble's central asks for."""

OVER = hci.HCI_ErrorCode.CONNECTION_TIMEOUT_ERROR
HUNG_UP = hci.HCI_ErrorCode.REMOTE_USER_TERMINATED_CONNECTION_ERROR
BY_US = hci.HCI_ErrorCode.CONNECTION_TERMINATED_BY_LOCAL_HOST_ERROR
NOT_ESTABLISHED = hci.HCI_ErrorCode.CONNECTION_FAILED_TO_BE_ESTABLISHED_ERROR
CANCELLED = hci.HCI_ErrorCode.UNKNOWN_CONNECTION_IDENTIFIER_ERROR

Report = hci.HCI_LE_Advertising_Report_Event.Report
Kind = hci.HCI_LE_Advertising_Report_Event.EventType


class Air(LocalLink):
    """One room's air. `seed` decides which advertisements are lost."""

    def __init__(self, seed: int = 0) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._chance = Random(seed)
        self._waiting: list[tuple[Transceiver, Transceiver, Callable[[], None]]] = []

    def radios(self) -> "list[Transceiver]":
        """Everything in the room that sends."""
        return [each for each in self.controllers if isinstance(each, Transceiver)]

    def of(self, address: Address) -> "Transceiver | None":
        """The radio with this address."""
        found = self.find_le_controller(address)
        return found if isinstance(found, Transceiver) else None

    def send_advertising_pdu(
        self, sender_controller: Controller, packet: ll.AdvertisingPdu
    ) -> None:
        """Carries an advertisement to all that listen, or a call to the one that is called."""
        if not isinstance(sender_controller, Transceiver):
            return
        loop = asyncio.get_running_loop()
        if isinstance(packet, ll.ConnectInd):
            called = self.of(packet.advertiser_address)
            if called is not None and called.takes_calls and sender_controller.is_heard:
                loop.call_soon(called.on_ll_advertising_pdu, packet)
            else:
                loop.call_soon(sender_controller.failed_to_connect, packet.advertiser_address)
            return
        if not sender_controller.is_heard or self._chance.random() < sender_controller.advert_loss:
            return
        for radio in self.radios():
            if radio is not sender_controller and radio.is_heard:
                loop.call_soon(radio.hear, sender_controller, packet)

    def send_acl_data(
        self,
        sender_controller: Controller,
        destination_address: Address,
        transport: PhysicalTransport,
        data: bytes,
    ) -> None:
        """Carries data of a link."""
        receiver = self.of(destination_address)
        if receiver is None or not isinstance(sender_controller, Transceiver):
            return
        source = sender_controller.random_address
        self._carry(
            sender_controller, receiver, lambda: receiver.on_link_acl_data(source, transport, data)
        )

    def send_ll_control_pdu(
        self, sender_address: Address, receiver_address: Address, packet: ll.ControlPdu
    ) -> None:
        """Carries what two radios tell each other about their link."""
        sender, receiver = self.of(sender_address), self.of(receiver_address)
        if sender is not None and receiver is not None:
            self._carry(sender, receiver, lambda: receiver.take_control(sender_address, packet))

    def _carry(
        self, sender: "Transceiver", receiver: "Transceiver", deliver: Callable[[], None]
    ) -> None:
        if sender.is_heard and receiver.is_heard:
            delay_s = sender.delay_s + receiver.delay_s
            loop = asyncio.get_running_loop()
            if delay_s:
                loop.call_later(delay_s, deliver)
            else:
                loop.call_soon(deliver)
        elif not (sender.is_hushed or receiver.is_hushed):
            self._waiting.append((sender, receiver, deliver))

    def release(self) -> None:
        """Carries what waited for a radio that is back."""
        waiting, self._waiting = self._waiting, []
        for each in waiting:
            self._carry(*each)

    def forget(self, radio: "Transceiver") -> None:
        """What waited for a link that is over won't come any more."""
        self._waiting = [each for each in self._waiting if radio not in each[:2]]


class Transceiver(Controller):
    """One radio: a device's or an adapter's, with what can happen to it."""

    # Without them bumble takes the old commands throughout, which are all that is needed here.
    le_features = Controller.le_features & ~(
        hci.LeFeatureMask.LE_EXTENDED_ADVERTISING | hci.LeFeatureMask.LE_PERIODIC_ADVERTISING
    )

    def __init__(self, name: str, air: Air) -> None:
        super().__init__(name, link=air)
        self.air = air
        self.rssi_dbm = USUAL_RSSI_DBM
        self.advert_loss = 0.0
        """The share of its advertisements that nobody hears, 0 to 1."""
        self.delay_s = 0.0
        """How much later its data come, and those to it."""
        self.refuses_connects = False
        self.is_hushed = False
        self._is_away = False
        self._ending: asyncio.TimerHandle | None = None

    @property
    def is_heard(self) -> bool:
        """True while it is in range and not hushed."""
        return not (self._is_away or self.is_hushed)

    @property
    def takes_calls(self) -> bool:
        """True while who connects to it gets through."""
        return self.is_heard and not self.refuses_connects and self.le_legacy_advertiser.enabled

    def out_of_range(self, supervision_s: float = SUPERVISION_S) -> None:
        """Carries it away: after the supervision time-out its links are over."""
        if not self._is_away:
            self._is_away = True
            self._ending = asyncio.get_running_loop().call_later(
                supervision_s, self.end_links, OVER, OVER
            )

    def in_range(self) -> None:
        """Brings it back."""
        self._is_away = False
        if self._ending is not None:
            self._ending.cancel()
            self._ending = None
        self.air.release()

    def drop(self) -> None:
        """Ends its links at once, as a device does that is switched off."""
        self.end_links(BY_US, HUNG_UP)

    def end_links(self, ours: int, theirs: int) -> None:
        """Ends its links, with a reason for each end."""
        self.air.forget(self)
        for link in list(self.le_connections.values()):
            peer = self.air.of(link.peer_address)
            self.on_le_disconnected(link, ours)
            if peer is not None and (other := peer.le_connections.get(link.self_address)):
                peer.on_le_disconnected(other, theirs)

    def failed_to_connect(self, address: Address) -> None:
        """The one that was called has not answered."""
        link = self.le_connections.get(address)
        if link is not None:
            self.on_le_disconnected(link, NOT_ESTABLISHED)

    def on_le_disconnected(self, connection: Connection, reason: int) -> None:
        """Ends one link, once."""
        if self.le_connections.get(connection.peer_address) is connection:
            super().on_le_disconnected(connection, reason)

    def take_control(self, sender: Address, packet: ll.ControlPdu) -> None:
        """Takes what the other radio says of the link, while there is one."""
        if sender in self.le_connections:
            self.on_ll_control_pdu(sender, packet)

    def hear(self, sender: "Transceiver", packet: ll.AdvertisingPdu) -> None:
        """Hears an advertisement: tells it while scanning, answers it while it is to connect."""
        if not isinstance(packet, ll.AdvInd):
            return
        address = packet.advertiser_address
        if self.le_scan_enable:
            self._report(Kind.ADV_IND, address, packet.data, sender.rssi_dbm)
            answer = sender.le_legacy_advertiser.scan_response_data
            self._report(Kind.SCAN_RSP, address, answer, sender.rssi_dbm)
        wanted = self.pending_le_connection
        if wanted is not None and wanted.peer_address == address:
            self.create_le_connection(address)

    def _report(self, kind: int, address: Address, data: bytes, rssi_dbm: int) -> None:
        report = Report(
            event_type=kind, address_type=address.address_type, address=address, data=data, rssi=rssi_dbm
        )  # fmt: skip
        self.send_hci_packet(hci.HCI_LE_Advertising_Report_Event([report]))

    def send_hci_packet(self, packet: hci.HCI_Packet) -> None:
        """Hands a packet to the host; bumble's own way writes each one out for a log first."""
        if self.host is not None:
            asyncio.get_running_loop().call_soon(self.host.on_packet, bytes(packet))

    def on_hci_packet(self, packet: hci.HCI_Packet) -> None:
        """Takes a packet from the host."""
        if isinstance(packet, hci.HCI_Command):
            self.on_hci_command_packet(packet)
        elif isinstance(packet, hci.HCI_AclDataPacket):
            self.on_hci_acl_data_packet(packet)

    def on_hci_le_create_connection_cancel_command(
        self, _command: hci.HCI_LE_Create_Connection_Cancel_Command
    ) -> hci.HCI_StatusReturnParameters:
        """Gives up connecting, and says so; bumble's own way goes on."""
        wanted, self.pending_le_connection = self.pending_le_connection, None
        if wanted is not None:
            event = hci.HCI_LE_Connection_Complete_Event(
                status=CANCELLED,
                connection_handle=0,
                role=hci.Role.CENTRAL,
                peer_address_type=hci.Address.RANDOM_DEVICE_ADDRESS,
                peer_address=wanted.peer_address,
                connection_interval=0,
                peripheral_latency=0,
                supervision_timeout=0,
                central_clock_accuracy=0,
            )
            asyncio.get_running_loop().call_soon(self.send_hci_packet, event)
        return hci.HCI_StatusReturnParameters(hci.HCI_ErrorCode.SUCCESS)

    def switch_off(self) -> None:
        """Takes it out of the room, its links at once over."""
        self.drop()
        self.le_legacy_advertiser.stop()
        self.air.controllers.discard(self)
