"""One end of an online visit on a socket: offers and answers are passed to the other end, nothing of them is kept."""

import re
from typing import Any

from clinic.shared.actor import from_where
from clinic.shared.errors import ActionError
from clinic.shared.tenancy import ClinicInfo, group_name, in_clinic
from scheduling.actions.online import join_online, leave_online, note_online
from scheduling.models import Appointment
from scheduling.queries.online import OnlineEnd, ice_servers, step_of

MAX_SIGNAL = 32_768  # characters of one message: an offer with all its codecs has about eight thousand
MAX_SIGNALS_A_MINUTE = 400
PEER = re.compile(r"[\w-]{8,64}\Z")
MOVES_ON = {"description", "candidate", "hello"}


class OnlineCall:
    """The server's side of one end. `socket` is the consumer, `peer` the name that the page gave itself."""

    def __init__(self, socket: Any, clinic: ClinicInfo, end: OnlineEnd, peer: str, ip: str | None) -> None:
        self.socket, self.clinic, self.end, self.peer, self.ip = socket, clinic, end, peer, ip
        self.group, self.step, self.replaced, self.gone = "", "", False, False

    async def begin(self) -> bool:
        """Join; False where the door was closed meanwhile."""
        try:
            self.group, self.step, ice = await in_clinic(self.clinic, self._begin)
        except ActionError:
            return False
        await self.socket.channel_layer.group_add(self.group, self.socket.channel_name)
        joined = {"online": "joined", "side": self.end.side, "step": self.step, "ice": ice}
        await self.socket.send_json(joined)
        await self._tell_others("peer")
        return True

    async def signal(self, content: dict[str, Any]) -> None:
        """Pass a description or candidate to the other end, once the patient was let in; a greeting always."""
        data, to = content.get("signal"), content.get("to", "")
        if not isinstance(data, dict) or len(data) != 1 or not set(data) <= MOVES_ON or not isinstance(to, str):
            await self.socket.send_json({"error": "signal"})
            return
        if "hello" not in data and self.step != "inside":
            await self.look()
            if self.step != "inside":
                await self.socket.send_json({"error": "not_admitted"})
                return
        await self._tell_others("signal", data=data, to=to)

    async def report(self, content: dict[str, Any]) -> None:
        """Write down what this end tells of itself: `connected`, or `fallback` with a reason."""
        kind, reason = content.get("report"), content.get("reason", "")
        try:
            await in_clinic(self.clinic, self._note, str(kind), str(reason))
        except ActionError as error:
            await self.socket.send_json({"error": error.code or "report"})

    async def heard(self, event: dict[str, Any]) -> None:
        """Something from another socket of this visit."""
        message = event["message"]
        if event["channel"] == self.socket.channel_name or message.get("to", self.peer) not in {"", self.peer}:
            return
        if message["side"] != self.end.side:
            await self.socket.send_json(message)
        elif message["online"] == "peer" and message["from"] != self.peer:
            self.replaced = True  # the same end in another window: that one goes on
            await self.socket.send_json({"online": "replaced"})
        elif message["online"] == "peer":
            self.replaced = True  # the same window with a new socket: this one is a ghost

    async def look(self) -> None:
        """Where the visit stands now; the page is told where that is somewhere else than before."""
        step = await in_clinic(self.clinic, self._step)
        if step != self.step:
            self.step = step
            await self.socket.send_json({"online": "step", "step": step})

    async def leave(self) -> None:
        """The connection is gone. Called twice it is once: a socket may die while something is being sent to it."""
        if self.gone:
            return
        self.gone = True
        await self.socket.channel_layer.group_discard(self.group, self.socket.channel_name)
        if not self.replaced:
            await in_clinic(self.clinic, self._leave)

    async def _tell_others(self, kind: str, **more: Any) -> None:
        message = {"online": kind, "from": self.peer, "side": self.end.side, **more}
        event = {"type": "online.heard", "channel": self.socket.channel_name, "message": message}
        await self.socket.channel_layer.group_send(self.group, event)

    def _appointment(self) -> Appointment:
        return Appointment.objects.get(pk=self.end.appointment_id)

    def _begin(self) -> tuple[str, str, list[dict[str, Any]]]:
        appointment = self._appointment()
        with from_where(ip=self.ip, request_id=""):
            join_online(appointment=appointment, side=self.end.side, by=self.end.user)
        pk = self.end.appointment_id
        return group_name("online", pk), step_of(self._appointment()), ice_servers(pk)

    def _step(self) -> str:
        return step_of(self._appointment())

    def _note(self, kind: str, reason: str) -> None:
        with from_where(ip=self.ip, request_id=""):
            end, appointment = self.end, self._appointment()
            note_online(appointment=appointment, side=end.side, kind=kind, reason=reason, by=end.user)

    def _leave(self) -> None:
        with from_where(ip=self.ip, request_id=""):
            leave_online(appointment=self._appointment(), side=self.end.side, by=self.end.user)
