"""The same need by text and by phone in six languages, held with a running system; docs/transcripts.md is made of it.

    python -m tests.peers.transcripts > docs/transcripts.md

starts the system on a folder of its own (minutes, if the models have to be trained first), with the carrier of
`tests/peers/carrier.py`. The sample services are in it.
"""

from __future__ import annotations

import asyncio
import itertools
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import uvicorn

from bot.supervisor.ports import free_port
from tests.peers.caller import Caller
from tests.peers.carrier import TOKEN, Carrier
from tests.peers.posting import Webhooks
from tests.peers.rest import routes
from tests.peers.texter import Texter
from tests.support.system import System, started

LINE = "+15550100000"
PUBLIC = "https://helpline.example.org"
TEXTS: Mapping[str, Sequence[str]] = {
    "en": ("I need a food bank in Oshawa", "1"),
    "fr": ("J'ai besoin d'une banque alimentaire à Oshawa", "1"),
    "es": ("Necesito un banco de alimentos en Oshawa", "1"),
    "pa": ("ਮੈਨੂੰ Oshawa ਵਿੱਚ ਫੂਡ ਬੈਂਕ ਚਾਹੀਦਾ ਹੈ", "1"),
    "zh": ("我在 Oshawa 需要食物银行", "1"),
    "so": ("Waxaan u baahanahay bangiga cuntada, Oshawa", "1"),
}
"""What somebody texts, and then asks more of."""
CALLS: Mapping[str, Sequence[tuple[str, str]]] = {
    "en": (("press", "1"), ("say", "I need a food bank in Oshawa"), ("press", "1")),
    "fr": (("press", "2"), ("say", "J'ai besoin d'une banque alimentaire à Oshawa"), ("press", "1")),
    "es": (("press", "3"), ("say", "Necesito un banco de alimentos en Oshawa"), ("press", "1")),
    "zh": (("press", "4"), ("say", "我在 Oshawa 需要食物银行"), ("press", "1")),
    "pa": (("press", "6"), ("say", "ਮੈਨੂੰ Oshawa ਵਿੱਚ ਫੂਡ ਬੈਂਕ ਚਾਹੀਦਾ ਹੈ"), ("press", "1")),
    "so": (("press", "8"), ("press", "8"), ("press", "8"), ("press", "1")),
}  # fmt: skip
"""Keys and words of a caller. The carrier neither understands nor speaks Somali, and no recording is shipped: whoever
chooses it is handed to an interpreter."""
_people = itertools.count(100)


async def held(carrier: Carrier) -> str:
    """All conversations as a page."""
    parts = [HEAD]
    for language, texts in TEXTS.items():
        person = Texter(carrier, f"+14165550{next(_people)}", LINE)
        for text in texts:
            await person.send(text)
            await person.hears()
            while await person.hears(timeout=3):
                pass
        parts.append(f"## {language}, by text\n\n```text\n{person.transcript}\n```\n")
        call = Caller(carrier, f"+14165550{next(_people)}", LINE)
        await call.dial()
        for act, what in CALLS[language]:
            await (call.press(what) if act == "press" else call.say(what))
        await call.hang_up()
        parts.append(f"## {language}, by phone\n\n```text\n{call.transcript}\n```\n")
    return "\n".join(parts)


HEAD = """# The same need by text and by phone

Held by `tests/peers/transcripts.py` with a started system and the carrier that the tests play; no live account was
used. `<` is the helpline, `>` the person. The services are samples. Everything but English is a draft that no native
speaker has reviewed.
"""


async def made(system: System, carrier: Carrier, port: int) -> str:
    """The page, with the carrier's interface served meanwhile."""
    config = uvicorn.Config(routes(carrier, alive=True), port=port, log_config=None, timeout_graceful_shutdown=2)
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())
    carrier.product.send_to = system.url
    page = await held(carrier)
    server.should_exit = True
    await serving
    return page


def main() -> None:
    """Starts everything, holds the conversations, prints the page."""
    carrier = Carrier(product=Webhooks(TOKEN))
    carrier.owns(LINE, sms_url=f"{PUBLIC}/sms/inbound", voice_url=f"{PUBLIC}/voice/inbound")
    port = free_port()
    settings = {
        "PORCHLIGHT_TWILIO_ACCOUNT_SID": carrier.account, "PORCHLIGHT_TWILIO_AUTH_TOKEN": TOKEN,
        "PORCHLIGHT_TWILIO_API_URL": f"http://127.0.0.1:{port}", "PORCHLIGHT_PUBLIC_URL": PUBLIC,
    }  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "numbers.yml").write_text(f'- {{number: "{LINE}", voice: true, rate: 20}}\n')
        with started(Path(folder), **settings) as system:
            print(asyncio.run(made(system, carrier, port)))


if __name__ == "__main__":
    main()
