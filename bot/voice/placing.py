"""What transfers ask of the carrier's REST interface: ring a telephone, move a caller."""

from __future__ import annotations

from twilio.base.exceptions import TwilioException

from bot.carrier import rest
from bot.carrier.rest import _Http as Http
from bot.settings import Settings
from bot.voice.callers import safe_to_dial
from bot.voice.dialling import PATIENCE


class NotPlaced(Exception):
    """The carrier did not do it, or may not be asked to. The text says why; it names no number."""


class Placing:
    """One of it serves a process; it belongs to the event loop of its first request."""

    def __init__(self, account: str, token: str, api_url: str) -> None:
        self._http = Http(api_url, rest.TIMEOUT)
        from twilio.rest import Client  # a second to load, for operators with an account alone

        self._client = Client(account, token, http_client=self._http)

    @staticmethod
    def possible(settings: Settings) -> bool:
        """Whether there is an account. Costs nothing, unlike making one of these."""
        return bool(settings.twilio_account_sid) and settings.twilio_auth_token is not None

    @classmethod
    def from_settings(cls, settings: Settings) -> Placing | None:
        """None without an account: then nobody's telephone can be rung."""
        if not settings.twilio_account_sid or settings.twilio_auth_token is None:
            return None
        token = settings.twilio_auth_token.get_secret_value()
        return cls(settings.twilio_account_sid, token, settings.twilio_api_url)

    async def place(self, *, to: str, our_number: str, url: str, status_url: str) -> str:
        """Rings a telephone, which sees our number, and gives the id of the call.

        Raises:
            NotPlaced: for a number that may not be dialled, or when the carrier refuses or is away.
        """
        if not safe_to_dial(to):
            raise NotPlaced("this number may not be dialled; a ten-digit number of North America is needed")
        try:
            call = await self._client.calls.create_async(
                to=to, from_=our_number, url=url, method="POST", timeout=PATIENCE, record=False,
                status_callback=status_url, status_callback_method="POST", status_callback_event=["completed"],
            )  # fmt: skip
        except (rest.Refused, rest.Away, TwilioException, ValueError, TypeError, KeyError) as problem:
            raise NotPlaced(f"the carrier did not place the call ({type(problem).__name__})") from None
        return str(call.sid)

    async def pull(self, caller: str, url: str) -> None:
        """Takes a caller to another page, out of a conference in which nobody is left. Raises NotPlaced."""
        try:
            await self._client.calls(caller).update_async(url=url, method="POST")
        except (rest.Refused, rest.Away, TwilioException, ValueError, TypeError, KeyError) as problem:
            raise NotPlaced(f"the carrier did not move the caller ({type(problem).__name__})") from None

    async def ending(self, room: str, sid: str, ends: bool) -> None:
        """Says whether a conference ends when this call leaves it.

        Args:
            room: the name of the conference.
            sid: the id of the call that is in it.

        Raises:
            NotPlaced: when there is no such conference or call in it any more, or the carrier refuses or is away.
        """
        try:
            rooms = await self._client.conferences.list_async(friendly_name=room, status="in-progress", limit=1)
            if not rooms:
                raise NotPlaced("the conference is over")
            one = self._client.conferences(str(rooms[0].sid)).participants(sid)
            await one.update_async(end_conference_on_exit=ends)
        except (rest.Refused, rest.Away, TwilioException, ValueError, TypeError, KeyError) as problem:
            raise NotPlaced(f"the carrier did not change the conference ({type(problem).__name__})") from None

    async def close(self) -> None:
        await self._http.close()
