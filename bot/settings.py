"""Settings, all from the environment as PORCHLIGHT_…; docs/settings.md is the table and a test compares the two."""

from __future__ import annotations

import re
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).resolve().parent.parent
_TILES = re.compile(r"(?P<origin>https?://[A-Za-z0-9.-]+(?::\d+)?)?/(?!/)[^\s\"'<>;]+")


class Settings(BaseSettings):
    """What an operator can set. Every field is PORCHLIGHT_ and its name in capitals."""

    model_config = SettingsConfigDict(env_prefix="PORCHLIGHT_", extra="ignore")

    var: Path = Field(default=ROOT / "var", description="Folder of all that is made: database, logs, keys, models.")
    database_url: str | None = Field(
        default=None, description="SQLAlchemy URL. Without it a SQLite file in the var folder."
    )
    directory_url: str | None = Field(
        default=None,
        description="SQLAlchemy URL of the services directory. Without it: beside a SQLite file one of its own, "
        "else the same database.",
    )
    public_url: str = Field(
        default="http://127.0.0.1:8000",
        description="Address that residents and carriers see, without a slash at the end.",
    )
    rasa_url: str = Field(default="http://127.0.0.1:5005", description="The Rasa server, on loopback. Set by bin/up.")
    actions_url: str = Field(
        default="http://127.0.0.1:5055", description="The action server, on loopback. Set by bin/up."
    )
    engine_secret: SecretStr = Field(
        default=SecretStr(""),
        description="Shared by the gateway and Rasa's channel. Set by bin/up, new at each start.",
    )
    engine_timeout: float = Field(default=3.0, description="Seconds that one attempt at Rasa may take; there are two.")
    secret_key: SecretStr | None = Field(
        default=None,
        description="Key for pseudonyms and addresses (32 bytes, base64). Without it one is made in the var folder.",
    )
    twilio_account_sid: str | None = Field(
        default=None, description="Account of the carrier. Without it there are no texts and calls."
    )
    twilio_auth_token: SecretStr | None = Field(
        default=None, description="Token of the carrier: signs its requests and opens its REST interface."
    )
    twilio_auth_token_secondary: SecretStr | None = Field(
        default=None, description="The carrier's second token, while the first is being replaced."
    )
    twilio_api_url: str = Field(
        default="https://api.twilio.com", description="The carrier's REST interface; tests name another."
    )
    numbers_file: Path | None = Field(
        default=None, description="YAML file of the operator's numbers. Without it numbers.yml in the var folder."
    )
    doors: Path | None = Field(
        default=None,
        description="Folder of further front doors, as the folder doors/ of the product. Without it those alone.",
    )
    specialists_by_phone: bool = Field(
        default=False,
        description="Specialists take calls that wait. Without it nobody is kept in a queue: lines, then a callback.",
    )
    alarm_limit: float = Field(
        default=120.0,
        gt=0,
        description="Seconds that a danger may ring unclaimed before supervisors and the on-call phone are alerted.",
    )
    oncall_phone: SecretStr | None = Field(
        default=None,
        description="Phone of whoever is on call (+1…), texted when nobody claims a danger, without anybody's words.",
    )
    wait_limit: float = Field(
        default=20.0,
        gt=0,
        description="Minutes after which somebody whom nobody has claimed gets lines that answer now, and a call back.",
    )
    sms_join: float = Field(
        default=3.0, description="Seconds to wait for the rest of a text that the handset may have split."
    )
    bus: Literal["memory", "postgres", "redis"] = Field(
        default="memory",
        description="How several gateways tell each other what changed: memory (one gateway), postgres or redis.",
    )
    workers: int = Field(
        default=1,
        ge=1,
        le=16,
        description="Processes that work out answers, beside the one that listens: one for each core but one.",
    )
    redis_url: str | None = Field(
        default=None,
        description="Redis server for `PORCHLIGHT_BUS=redis`; then rate limits are counted there for all gateways.",
    )
    risk_model: Path | None = Field(
        None, description="The trained risk classifier. Set by bin/up; without it the patterns alone screen."
    )
    language_model: Path | None = Field(
        None, description="The trained model of languages. Set by bin/up; without it word lists and libraries decide."
    )
    sample: bool = Field(default=True, description="Show the sample services and the banner that says so.")
    embed_origins: str = Field(
        "", description="Sites that may embed the chat, separated by spaces (https://example.org)."
    )
    exit_url: str = Field(default="https://www.google.ca/", description="Where the button “Leave now” leads.")
    default_language: str = Field(
        default="en", description="Language before anything is known of the person: en or fr."
    )
    languages_off: str = Field(default="", description="Languages that are not offered, codes separated by spaces.")
    drafts: bool = Field(default=True, description="Use messages that no native speaker has reviewed yet.")
    translation: Literal["off", "argos", "apertium"] = Field(
        default="argos",
        description="Engine for free text: argos (packages that were installed), apertium (rough, for trials) or off.",
    )
    language_packages: Path = Field(
        default=ROOT / "var" / "languages", description="Folder of the packages that `languages install` unpacks."
    )
    translation_off: str = Field(
        default="", description="Languages into and from which no free text is translated, codes with spaces."
    )
    rate_messages: str = Field(
        default="60/minute",
        description="Messages that one conversation may send; a message about danger is never refused.",
    )
    rate_client: str = Field(
        default="3000/minute",
        description="Requests that one network address may make. Many people may share one: a library, a shelter.",
    )
    rate_conversations: str = Field(
        default="300/minute", description="Conversations that one network address may start."
    )
    rate_total: str = Field(default="30000/minute", description="Requests in all; protects the machine.")
    trusted_proxies: str = Field(
        default="127.0.0.1",
        description="Addresses of reverse proxies whose X-Forwarded-For is believed, with spaces.",
    )
    staff_session_hours: float = Field(
        default=12.0, gt=0, le=24, description="Hours after which staff sign in again, whatever they do."
    )
    staff_idle_minutes: float = Field(
        default=30.0,
        gt=0,
        le=720,
        description="Minutes without a request after which staff sign in again; an open desk counts as one.",
    )
    staff_second_factor: Literal["offered", "administrators", "everyone"] = Field(
        default="offered",
        description="Who has to set up an authenticator: offered (nobody has to), administrators, or everyone.",
    )
    rate_sign_in: str = Field(
        default="60/minute", description="Sign-ins to the console that one network address may try."
    )
    oidc_issuer: str | None = Field(
        default=None, description="OpenID Connect provider of the staff, its issuer address. Without it passwords only."
    )
    oidc_client_id: str | None = Field(default=None, description="The name that the provider has given this console.")
    oidc_client_secret: SecretStr | None = Field(
        default=None, description="The secret that the provider has given this console."
    )
    test_clock: datetime | None = Field(
        None, description="ISO time at which the product's clock starts. Only with sample data on loopback."
    )
    map_tiles: str = Field(
        "",
        description="Address of map pictures for `/map`, with {z}, {x} and {y}. Without it the map shows dots alone.",
    )
    map_attribution: str = Field("", description="Who made the map pictures, as their licence asks to show it.")
    search211_key: SecretStr | None = Field(
        default=None, description="Key of the 211 Canada API, for `bin/porchlight import 211`."
    )
    log_level: str = Field(default="INFO", description="DEBUG, INFO, WARNING or ERROR.")

    @field_validator("oncall_phone")
    @classmethod
    def _phone(cls, number: SecretStr | None) -> SecretStr | None:
        if number is not None and not re.fullmatch(r"\+[1-9]\d{7,14}", number.get_secret_value()):
            raise ValueError("PORCHLIGHT_ONCALL_PHONE is a number with + and country code, as +14165550100")
        return number

    @field_validator("map_tiles")
    @classmethod
    def _tiles(cls, address: str) -> str:
        if address and (not _TILES.fullmatch(address) or not all(mark in address for mark in ("{z}", "{x}", "{y}"))):
            raise ValueError(
                "PORCHLIGHT_MAP_TILES is an address such as https://tiles.example.org/{z}/{x}/{y}.png or, on the same "
                "server, /tiles/{z}/{x}/{y}.png"
            )
        return address

    @cached_property
    def map_origin(self) -> str:
        """The server that map pictures come from, as a content policy names it; empty for none or this one."""
        found = _TILES.fullmatch(self.map_tiles)
        return (found and found["origin"]) or ""

    @cached_property
    def numbers(self) -> Path:
        """The file of the operator's numbers in force."""
        return self.numbers_file or self.var / "numbers.yml"

    @cached_property
    def database(self) -> str:
        """The SQLAlchemy URL in force."""
        return self.database_url or f"sqlite:///{self.var / 'porchlight.db'}"

    @cached_property
    def directory(self) -> str:
        """The SQLAlchemy URL of the directory in force.

        SQLite has one writer for a whole file: an import of a province would keep messages from being stored.
        """
        if self.directory_url:
            return self.directory_url
        backend, separator, path = self.database.partition(":///")
        stem, dot, suffix = path.rpartition(".")
        if not backend.startswith("sqlite") or not separator or path in ("", ":memory:"):
            return self.database
        return f"{backend}:///{stem}-directory.{suffix}" if dot else f"{self.database}-directory"
