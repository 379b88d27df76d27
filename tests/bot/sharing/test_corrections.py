"""Corrections to listings: proposed by partners, shown only once somebody else has signed them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.service import Service
from bot.sharing.models import Correction
from directory_client.models import SearchSite
from directory_client.models import Service as Listed
from tests.bot.conftest import MONDAY
from tests.bot.sharing.conftest import Browser

pytestmark = pytest.mark.anyio
Browse = Callable[..., Browser]
HOME = "/console/corrections"


def a_listing(service: Service) -> str:
    with Session(service.directory.engine) as session:
        chosen = select(SearchSite.id).join(Listed, Listed.id == SearchSite.service_id).where(Listed.sample)
        return session.scalars(chosen.order_by(SearchSite.id)).first() or ""


def shown(service: Service, listing: str) -> tuple[str | None, str]:
    found = service.directory.find(MONDAY)(listing, None)
    assert found is not None
    return found.fees, found.phones[0].number if found.phones else ""


def kept(service: Service) -> list[Correction]:
    with Session(service.ledger.engine) as session:
        return list(session.scalars(select(Correction).order_by(Correction.created_at)))


async def test_a_proposal_is_shown_only_after_somebody_else_has_signed_it(service: Service, browse: Browse) -> None:
    partner, supervisor = browse(roles=("partner",)), browse(roles=("supervisor",))
    listing = a_listing(service)
    before = shown(service, listing)
    form = {
        "listing": listing,
        "field": "fees_description",
        "after": "Free on Mondays",
        "source": "our web page, today",
    }
    assert (await partner.get(f"{HOME}?listing={listing}&field=fees_description")).status_code == 200
    assert (await partner.send(HOME, **form)).status_code == 303
    assert shown(service, listing) == before
    (row,) = kept(service)
    denied = await partner.send(f"{HOME}/review", correction=row.id, answer="sign")
    assert denied.status_code == 403
    assert "Free on Mondays" in (await supervisor.get(HOME)).text
    assert (await supervisor.send(f"{HOME}/review", correction=row.id, answer="sign")).status_code == 303
    assert shown(service, listing)[0] == "Free on Mondays"
    found = service.directory.find(MONDAY)(listing, None)
    assert found is not None and found.assured_date == MONDAY.date() and not found.stale
    (row,) = kept(service)
    assert (row.state, row.author, row.reviewed_by) == ("signed", partner.member.id, supervisor.member.id)
    assert row.before == (before[0] or "") and row.reviewed_at == MONDAY


async def test_nobody_signs_their_own_and_a_refusal_changes_nothing(service: Service, browse: Browse) -> None:
    supervisor, other = browse(roles=("supervisor",)), browse(roles=("supervisor",))
    listing = a_listing(service)
    before = shown(service, listing)
    await supervisor.send(HOME, listing=listing, field="phone", after="416-555-0188", source="a call today")
    (row,) = kept(service)
    await supervisor.send(f"{HOME}/review", correction=row.id, answer="sign")
    assert kept(service)[0].state == "proposed" and shown(service, listing) == before
    await other.send(f"{HOME}/review", correction=row.id, answer="refuse", reason="not_confirmed")
    assert kept(service)[0].reason == "not_confirmed" and shown(service, listing) == before
    await other.send(f"{HOME}/review", correction=row.id, answer="sign")
    assert shown(service, listing) == before, "refused is refused"


async def test_a_corrected_number_is_this_services_own_and_a_changed_record_is_not_overwritten(
    service: Service, browse: Browse
) -> None:
    partner, supervisor = browse(roles=("partner",)), browse(roles=("supervisor",))
    listing = a_listing(service)
    for number in ("416-555-0177", "416-555-0166"):
        await partner.send(HOME, listing=listing, field="phone", after=number, source="our staff")
    first, second = kept(service)
    await supervisor.send(f"{HOME}/review", correction=first.id, answer="sign")
    assert shown(service, listing)[1].endswith("0177")
    late = await supervisor.send(f"{HOME}/review", correction=second.id, answer="sign")
    assert late.status_code == 409 and shown(service, listing)[1].endswith("0177")
    assert {row.id: row.state for row in kept(service)} == {first.id: "signed", second.id: "proposed"}


async def test_what_cannot_be_used_is_refused_with_a_reason(service: Service, browse: Browse) -> None:
    partner = browse(roles=("partner",))
    listing = a_listing(service)
    good = {"listing": listing, "field": "phone", "after": "416-555-0101", "source": "x"}
    for change in (
        {"listing": "nowhere"}, {"field": "address"}, {"after": " "}, {"after": "call us"}, {"source": " "},
        {"field": "url", "after": "javascript:alert(1)"},
    ):  # fmt: skip
        assert (await partner.send(HOME, **{**good, **change})).status_code == 422, change
    assert not kept(service)
