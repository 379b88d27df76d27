"""The parts of a gateway, put together once at start."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zlib import crc32

import structlog

import understanding
from bot.bus import ALARM, DESK, WORK, Bell, Bus, bus_for
from bot.bus.online import Online
from bot.cards import Cards
from bot.carrier.numbers import Numbers
from bot.clock import Clock, clock_from
from bot.conversations.database import upgrade_engine
from bot.conversations.identity import Keys, load_keys
from bot.conversations.ledger import Ledger
from bot.database import open_database
from bot.directory import Directory
from bot.doors.door import Door
from bot.doors.loading import common, use
from bot.doors.loading import load as load_doors
from bot.doors.texts import joined
from bot.engine import Engine
from bot.kept import kept
from bot.language.catalogue import Catalogue
from bot.language.identification import Identifier
from bot.language.translation import Translator, translator_for
from bot.safety import Screen
from bot.settings import Settings
from bot.turn import Turns, to_nobody
from bot.understanding import Ears
from bot.words import Words
from directory_client.places import Gazetteer
from understanding.ideas import FOLDER as IDEAS
from understanding.ideas import Ideas

log = structlog.get_logger(__name__)


DELIVER = "deliver"
"""The kind of news about texts for the carrier."""


class Role(Enum):
    """What a process does. Where there is one alone, it does all."""

    ALL = "all"
    FRONT = "front"
    """Listens to the network, stores what comes in, answers danger and calls, shows pages."""
    BACK = "back"
    """Does turns, hands texts to the carrier, and what is due."""


@dataclass(slots=True)
class Service:
    """Everything that a request may need."""

    settings: Settings
    clock: Clock
    doors: Mapping[str, Door]
    catalogue: Catalogue
    words: Words
    ledger: Ledger
    directory: Directory
    engine: Engine
    turns: Turns
    translator: Translator
    numbers: Numbers
    keys: Keys
    bus: Bus = field(default_factory=Bus)
    online: Online = field(init=False)
    to_deliver: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when something may be waiting for the carrier."""
    role: Role = Role.ALL

    def __post_init__(self) -> None:
        self.online = Online(self.bus)

    @property
    def bell(self) -> Bell:
        """Waits for news of one conversation."""
        return Bell(self.bus)

    def heard_of(self, conversation: str, *, desk: bool = True) -> None:
        """There is news of a conversation: whoever waits for it looks, and the outbox is emptied.

        Args:
            desk: it may concern the specialists' queue too; false where the bot is known to speak.
        """
        self.bus.ring(conversation)
        if desk:
            self.bus.ring(DESK)
        self.may_deliver()

    def may_deliver(self) -> None:
        """Something may be waiting for the carrier."""
        self.to_deliver.set()
        if self.role is Role.FRONT:
            self.bus.ring(WORK, DELIVER)

    async def heed_alarms(self) -> None:
        """Hurries turns of this process that danger waits behind, when another process has received it."""
        async with self.bus.listening({ALARM}) as news:
            async for one in news:
                if conversation := one.data.get("conversation"):
                    self.turns.hurry(conversation)

    async def heed_work(self, number: int, of: int) -> None:
        """Takes up what the process that listens to the network has stored.

        Args:
            number: of this process among those that do turns, from 0.
            of: how many they are.
        """
        async with self.bus.listening({WORK}) as news:
            async for one in news:
                conversation = one.data.get("conversation")
                if one.kind == DELIVER:
                    self.to_deliver.set()
                elif conversation is None:  # some may have been missed
                    self.to_deliver.set()
                    await self.turns.recover()
                elif crc32(str(conversation).encode()) % of == number:
                    self.turns.take_up(str(conversation))

    def languages(self) -> list[str]:
        """Languages that can be chosen: complete in the catalogue and not switched off."""
        off = set(self.settings.languages_off.split())
        return [code for code in self.catalogue.languages if code not in off]


def cache_folder(settings: Settings) -> Path:
    """Where data are kept that depend on the sources alone: in bin/up's folder for that, shared by all var folders."""
    shared = os.environ.get("XDG_CACHE_HOME")
    return Path(shared) / "porchlight" if shared else settings.var / "cache"


@dataclass(frozen=True, slots=True)
class Loaded:
    """What is read from files and never changes: the greater part of a start. Processes can share it."""

    doors: Mapping[str, Door]
    catalogue: Catalogue
    screen: Screen
    identifier: Identifier
    gazetteer: Gazetteer

    @classmethod
    def of(cls, settings: Settings) -> Loaded:
        """All of it, for these settings.

        Raises:
            BrokenDoor: when a door file cannot be used.
        """
        ears = ears_for(settings)
        return cls(*_doors_and_messages(settings), ears.screen, ears.identifier, ears.gazetteer)

    def ears(self, translator: Translator) -> Ears:
        return Ears(self.screen, self.identifier, self.gazetteer, translator)


def ears_for(settings: Settings, translator: Translator | None = None) -> Ears:
    """What reads a text, loaded. Used by the gateway and by the `understand` command alike."""
    return Ears(
        Screen.load(classifier=settings.risk_model, cache=cache_folder(settings)),
        Identifier.load(model=settings.language_model),
        Gazetteer.load(),
        translator or translator_for(settings.translation, settings.translation_off),
    )


def _doors_and_messages(settings: Settings) -> tuple[Mapping[str, Door], Catalogue]:
    doors = use(load_doors(further=settings.doors))
    catalogue = Catalogue.load(drafts=settings.drafts, cache=cache_folder(settings))
    return doors, joined(catalogue, doors.values(), common(), drafts=settings.drafts)


def ideas_for(settings: Settings) -> Ideas:
    """The lists of ideas that a search by words needs, from an earlier start where there was one."""
    sources = (*IDEAS.glob("*.yml"), *Path(understanding.__file__).parent.glob("*.py"))
    return kept(cache_folder(settings), "ideas", sources, lambda: Ideas.load().frozen(), Ideas.thawed)


def engine_name(settings: Settings) -> str:
    """What tells this gateway's Rasa from those of other gateways; empty where there is one gateway alone."""
    if settings.bus == "memory":
        return ""
    near = urlsplit(settings.rasa_url).hostname in ("127.0.0.1", "localhost", "::1")
    return f"{socket.gethostname()} {settings.rasa_url}" if near else settings.rasa_url


def assemble(
    settings: Settings,
    *,
    engine: Engine | None = None,
    at: Callable[[str], None] = lambda step: None,
    loaded: Loaded | None = None,
    **replaced: Any,
) -> Service:
    """Builds a gateway from the settings, and from what was loaded for the same settings before.

    Raises:
        BrokenDoor: when a door file cannot be used.
        BrokenNumbers: when the file of the operator's numbers cannot be used.
        BadKey: when the secret key cannot be used.
        BusNotPossible: when the bus needs a setting that is not there.
    """
    clock = clock_from(settings.test_clock)
    doors, catalogue = (loaded.doors, loaded.catalogue) if loaded else _doors_and_messages(settings)
    translator = translator_for(settings.translation, settings.translation_off)
    words = Words(catalogue, Cards(catalogue, translator))
    database = open_database(settings.database)
    upgrade_engine(database)
    shelves = open_database(settings.directory)
    upgrade_engine(shelves)
    ledger = Ledger(database)
    directory = Directory(shelves)
    client = engine or Engine(settings.rasa_url, settings.engine_secret.get_secret_value(), settings.engine_timeout)
    ears = replaced.get("ears") or (loaded.ears(translator) if loaded else ears_for(settings, translator))
    numbers = Numbers.load(settings.numbers, doors)
    keys = load_keys(settings.secret_key.get_secret_value() if settings.secret_key else None, settings.var)
    ledger.keys = keys
    turns = Turns(ledger, directory, ears, client, words, clock, to_nobody, at, numbers)
    service = Service(
        settings, clock, doors, catalogue, words, ledger, directory, client, turns, translator, numbers, keys,
        replaced.get("bus") or bus_for(settings),
    )  # fmt: skip
    turns.announce = service.heard_of
    turns.keys = keys
    turns.engine_name = engine_name(settings)
    service.role = replaced.get("role") or Role.ALL
    if service.role is Role.FRONT:
        turns.hand_over = lambda conversation: service.bus.ring(WORK, conversation=conversation)
    turns.alarm = lambda conversation: service.bus.ring(ALARM, conversation=conversation)
    return service
