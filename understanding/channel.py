"""The only door into Rasa: the gateway's requests, on loopback, with a shared secret.

Rasa's own REST channel answers 200 with an empty list when an action fails, lets a sender name any
channel, and does not say what it understood. This one answers an error as an error, gives the parse and
the slots beside the messages, and restores the slots when Rasa has forgotten a conversation.
"""

from __future__ import annotations

import hmac
from typing import Any, Awaitable, Callable, Dict, List, Optional, Text

from rasa.core.channels.channel import CollectingOutputChannel, InputChannel, UserMessage
from rasa.shared.core.events import ActionExecuted, SlotSet
from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

from understanding.answers import check_schema_once

KEPT = ("need", "place", "shown", "intake")
"""The slots that the gateway keeps for a conversation."""


class Gateway(InputChannel):
    """Takes messages from the gateway at /webhooks/gateway/…"""

    @classmethod
    def name(cls) -> Text:
        return "gateway"

    @classmethod
    def from_credentials(cls, credentials: Optional[Dict[Text, Any]]) -> "Gateway":
        check_schema_once()
        return cls(str((credentials or {}).get("secret") or ""))

    def __init__(self, secret: str) -> None:
        self.secret = secret

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        routes = Blueprint("gateway_channel", __name__)

        def refused(request: Request) -> Optional[HTTPResponse]:
            sent = request.headers.get("x-porchlight-secret", "")
            if not self.secret or not hmac.compare_digest(sent.encode(), self.secret.encode()):
                return response.json({"error": "forbidden"}, status=403)
            return None

        @routes.route("/", methods=["GET"])
        async def health(request: Request) -> HTTPResponse:
            return response.json({"status": "ok"})

        @routes.route("/ready", methods=["GET"])
        async def ready(request: Request) -> HTTPResponse:
            """200 once the model is loaded."""
            agent = getattr(request.app.ctx, "agent", None)
            loaded = agent is not None and agent.is_ready()
            return response.json({"ready": loaded}, status=200 if loaded else 503)

        @routes.route("/forget", methods=["POST"])
        async def drop(request: Request) -> HTTPResponse:
            """Drops the tracker of a conversation."""
            refusal = refused(request)
            if refusal:
                return refusal
            await forget(request.app.ctx.agent.tracker_store, request.json["conversation"])
            return response.json({})

        @routes.route("/parse", methods=["POST"])
        async def parse(request: Request) -> HTTPResponse:
            """A list of {text, metadata} in, a list of parses out. Touches no conversation."""
            refusal = refused(request)
            if refusal:
                return refusal
            agent = request.app.ctx.agent
            out: List[Dict[Text, Any]] = []
            for item in request.json:
                message = UserMessage(item["text"], metadata=item.get("metadata"))
                out.append(summary(await agent.processor.parse_message(message)))
            return response.json(out)

        @routes.route("/turn", methods=["POST"])
        async def turn(request: Request) -> HTTPResponse:
            """One message of one conversation.

            In: conversation, message (ids), text, metadata, memory (slots to restore), fresh (bool: forget
            what you hold). Out: messages, parse, slots.
            """
            refusal = refused(request)
            if refusal:
                return refusal
            body = request.json
            conversation = body["conversation"]
            store = request.app.ctx.agent.tracker_store
            await restore(store, conversation, body.get("memory") or {}, bool(body.get("fresh")))
            collector = CollectingOutputChannel()
            try:
                await on_new_message(
                    UserMessage(
                        body["text"],
                        collector,
                        conversation,
                        input_channel=self.name(),
                        message_id=body["message"],
                        metadata=body.get("metadata"),
                    )
                )
            except Exception as problem:  # the gateway has a safe answer; it must learn that there is none here
                await forget(store, conversation)
                return response.json({"error": type(problem).__name__}, status=500)
            if not collector.messages:
                await forget(store, conversation)
                return response.json({"error": "no answer"}, status=500)
            tracker = await store.retrieve(conversation)
            return response.json(
                {
                    "messages": [m["custom"] for m in collector.messages if "custom" in m],
                    "parse": summary(tracker.latest_message.parse_data if tracker else {}),
                    "slots": {name: tracker.get_slot(name) for name in KEPT} if tracker else {},
                }
            )

        return routes


async def restore(store: Any, conversation: str, memory: Dict[str, Any], fresh: bool) -> None:
    """Sets the kept slots of a conversation that Rasa does not know (any more)."""
    if fresh:
        await forget(store, conversation)
    if await store.retrieve(conversation) is not None:
        return
    tracker = store.init_tracker(conversation)
    tracker.update(ActionExecuted("action_session_start"))
    for name in KEPT:
        if memory.get(name) is not None:
            tracker.update(SlotSet(name, memory[name]))
    tracker.update(ActionExecuted("action_listen"))
    await store.save(tracker)


async def forget(store: Any, conversation: str) -> None:
    """Drops what Rasa holds of a conversation."""
    delete = getattr(store, "delete", None)
    if delete is not None:
        await delete(conversation)


def summary(parse: Dict[Text, Any]) -> Dict[Text, Any]:
    """Intent, confidence, needs and the best alternatives of a parse."""
    intent = parse.get("intent") or {}
    needs: List[str] = []
    for entity in parse.get("entities") or []:
        if entity.get("entity") == "need":
            value = entity.get("value")
            needs.extend(value if isinstance(value, list) else [value])
    return {
        "intent": intent.get("name"),
        "confidence": intent.get("confidence", 0.0),
        "needs": needs,
        "ranking": [[r["name"], round(r["confidence"], 4)] for r in (parse.get("intent_ranking") or [])[:5]],
    }
