"""The tables of the directory, named as the Human Services Data Specification (HSDS 3.1) names them.

Ids are text: the specification asks for UUIDs, feeds in life often bring others, and a record must keep the
id that it came with. HSDS has no translation of a field, no origin of a record and no word for a place that
must stay secret; the columns that stand for these are marked "ours".
"""

from __future__ import annotations

from directory_client.tables.base import Base
from directory_client.tables.details import Contact, Language, Phone, Schedule
from directory_client.tables.extras import (
    Funding,
    MetaTableDescription,
    OrganizationIdentifier,
    ServiceCapacity,
    Unit,
    Url,
)
from directory_client.tables.feeds import FeedRecord, FeedRun
from directory_client.tables.index import SearchEdition, SearchHours, SearchNeed, SearchSite, SearchWord, ServiceText
from directory_client.tables.locations import Accessibility, Address, Location, ServiceAtLocation
from directory_client.tables.services import (
    CostOption,
    Organization,
    Program,
    RequiredDocument,
    Service,
    ServiceArea,
    ServiceNeed,
)
from directory_client.tables.terms import Attribute, Metadata, Taxonomy, TaxonomyTerm

__all__ = [
    "Accessibility",
    "Address",
    "Attribute",
    "Base",
    "Contact",
    "CostOption",
    "FeedRecord",
    "FeedRun",
    "Funding",
    "Language",
    "Location",
    "MetaTableDescription",
    "Metadata",
    "Organization",
    "OrganizationIdentifier",
    "Phone",
    "Program",
    "RequiredDocument",
    "Schedule",
    "SearchEdition",
    "SearchHours",
    "SearchNeed",
    "SearchSite",
    "SearchWord",
    "Service",
    "ServiceArea",
    "ServiceAtLocation",
    "ServiceCapacity",
    "ServiceNeed",
    "ServiceText",
    "Taxonomy",
    "TaxonomyTerm",
    "Unit",
    "Url",
]
