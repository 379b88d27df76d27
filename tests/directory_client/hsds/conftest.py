"""A small directory: the lines, three sample services, the official example package, and records with odd corners."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, delete, select
from sqlalchemy.orm import Session
from sqlalchemy.pool import StaticPool
from starlette.testclient import TestClient

from bot.hsds.app import hsds_app
from directory_client.feeds.hsds_csv import HsdsPackage
from directory_client.imports import take_in
from directory_client.index import reindex
from directory_client.models import (
    Accessibility,
    Address,
    Attribute,
    Base,
    Contact,
    Location,
    Metadata,
    Organization,
    Phone,
    Service,
    ServiceAtLocation,
    Taxonomy,
    TaxonomyTerm,
)
from directory_client.sample import load_lines, load_sample
from tests.directory_client.build import AJAX, add_service, north_of

SHARED = Path(__file__).parents[4] / "shared" / "data" / "hsds-3.1"
BASE = "http://testserver/hsds"
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
SAMPLES = 3


def empty() -> Engine:
    engine = create_engine("sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False})
    Base.metadata.create_all(engine)
    return engine


def fill(engine: Engine) -> None:
    with Session(engine) as session, session.begin():
        load_lines(session)
        load_sample(session, today=NOW.date())
        kept = list(session.scalars(select(Service.id).where(Service.sample).order_by(Service.id).limit(SAMPLES)))
        session.execute(delete(Service).where(Service.sample, Service.id.not_in(kept)))
        session.execute(delete(ServiceAtLocation).where(ServiceAtLocation.service_id.not_in(select(Service.id))))
        session.execute(delete(Organization).where(Organization.id.not_in(select(Service.organization_id))))
        session.execute(delete(Location).where(Location.id.not_in(select(ServiceAtLocation.location_id))))
        for child in Base.metadata.sorted_tables:  # what a foreign key would do
            for owner in ("organization", "service", "location"):
                if f"{owner}_id" in child.c and child.name != "search_site":
                    gone = child.c[f"{owner}_id"].not_in(select(Base.metadata.tables[owner].c.id))
                    session.execute(delete(child).where(gone))
        odd_corners(session)
        reindex(session)


def odd_corners(session: Session) -> None:
    """Records as life has them: numbers for ids, closed, secret, with addresses of the web that are none."""
    fields = {"url": "www.example.org/été", "email": "write to a@example.org; b@example.org"}
    add_service(session, "pantry-7", at=[AJAX, north_of(AJAX, 3)], name="Pantry of Ajax", name_fr="Garde-manger d’Ajax",
                phone="905-555-0101", languages=("en", "fr"), last_modified=datetime(2026, 6, 1, 8, tzinfo=UTC),
                free=True, external_id="7", **fields)  # fmt: skip
    add_service(session, "closed-8", at=AJAX, name="Pantry that closed", status="inactive",
                last_modified=datetime(2026, 10, 1, tzinfo=UTC))  # fmt: skip
    add_service(session, "shelter-9", needs=("violence.partner", "housing.shelter"), at=(43.912345, -79.012345),
                confidential=True, name="House of Safety", phone="905-555-0102")  # fmt: skip
    secret = "shelter-9-place-0"
    place = session.get_one(Location, secret)
    place.name, place.transportation, place.external_identifier = "77 Hidden Lane", "Bus 77 to Hidden Lane", "77"
    place.description, place.url, place.alternate_name = "On Hidden Lane", "http://hidden-lane.example.org", "Hidden"
    address = session.scalars(select(Address).where(Address.location_id == secret)).one()
    address.address_1, address.postal_code, address.attention = "77 Hidden Lane", "L1S 7K8", "Hidden Lane"
    session.scalars(
        select(ServiceAtLocation).where(ServiceAtLocation.location_id == secret)
    ).one().description = "At 77 Hidden Lane"
    session.add(Accessibility(id="access-9", location_id=secret, description="Ramp on Hidden Lane"))
    session.add(Contact(id="contact-9", location_id=secret, name="Of Hidden Lane"))
    session.add(Phone(id="phone-9", service_id="shelter-9", number="905-555-0103", extension="0340", position=1))
    session.add(Metadata(id="log-9", resource_id=secret, resource_type="location", last_action_date=date(2026, 1, 1),
                         last_action_type="update", field_name="name", previous_value="77 Hidden Lane",
                         replacement_value="x", updated_by="Ann Persona"))  # fmt: skip
    session.add(Taxonomy(id="scheme", name="A scheme", description=""))
    session.flush()
    session.add(TaxonomyTerm(id="BD-1800", code="BD-1800", name="Food", taxonomy_id="scheme"))
    session.add(TaxonomyTerm(id="BD-1800.2000", code="BD-1800.2000", name="Food pantries", parent_id="BD-1800",
                             taxonomy_id="scheme"))  # fmt: skip
    session.flush()
    session.add(Attribute(id="tag-7", link_id="pantry-7", link_entity="service", taxonomy_term_id="BD-1800.2000"))
    session.add(Attribute(id="tag-9", link_id=secret, link_entity="location", value="77 Hidden Lane"))
    session.flush()


@pytest.fixture(scope="session")
def engine() -> Iterator[Engine]:
    if not SHARED.exists():
        pytest.skip("the examples in ../shared/data/hsds-3.1 are not here")
    made = empty()
    fill(made)
    take_in(made, HsdsPackage(SHARED / "examples" / "csv", "example", complete=True), now=NOW)
    yield made
    made.dispose()


@pytest.fixture(scope="session")
def client(engine: Engine) -> TestClient:
    return TestClient(hsds_app(engine, BASE), raise_server_exceptions=False)
