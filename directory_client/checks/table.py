"""Every check, in the order in which they are printed: what harms a person first."""

from __future__ import annotations

from collections.abc import Mapping

from directory_client.checks import numbers, points, professionals, texts, twins, upkeep
from directory_client.checks.facts import Number, OrganizationFacts, PlaceFacts, ServiceFacts, TermFacts
from directory_client.checks.finding import Check

_ALL = (
    Check("secret-street", "Confidential places whose texts tell a street",
          "Take the street out of the text now, at the source too.", (PlaceFacts,), texts.street_told),
    Check("for-professionals", "For health professionals, and offered to the public",
          "Make the record inactive, or mark the number as private at the source.", (ServiceFacts, Number),
          professionals.for_professionals),
    Check("unreachable", "No number, no address and no website",
          "Find a way to reach it, or make the record inactive.", (ServiceFacts,), texts.unreachable),
    Check("undialable", "Numbers that cannot be dialled",
          "Write one number with its area code (of another country with +) in the field; extensions have their own.",
          (Number,), numbers.undialable),
    Check("text-as-voice", "Numbers for text messages that stand as numbers to call",
          'Set the type of the number to "text".', (Number,), numbers.text_as_voice),
    Check("fax-only", "Services with a fax as their only number",
          "Add a number that people can call.", (ServiceFacts,), numbers.fax_only),
    Check("wrong-coordinates", "Coordinates that do not fit the address",
          "Correct the coordinates; until then the middle of the town stands in for them where it is known.",
          (PlaceFacts,), points.wrong),
    Check("no-coordinates", "Places without coordinates",
          "Add them; until then the middle of the town or postal area stands in for them.", (PlaceFacts,),
          points.missing),
    Check("not-confirmed", "Not confirmed within twelve months",
          "Call the service and set assured_date; until then it ranks lower and says so.", (ServiceFacts,),
          upkeep.unconfirmed),
    Check("odd-hours", "Hours that cannot be meant",
          "Look at morning and afternoon (5 p.m. is 17:00); all day is 00:00 to 00:00.", (ServiceFacts,),
          upkeep.hours_odd),
    Check("hours-unread", "Hours in words that could not be read into schedules",
          "The words are shown as they are; write days and times plainly to have “open now” answered.",
          (ServiceFacts,), upkeep.hours_unread),
    Check("no-need", "Services that meet none of the known needs",
          "They are found by their words alone; describe in the record what people get there.", (ServiceFacts,),
          upkeep.no_need),
    Check("unknown-area", "Service areas that the gazetteer does not know",
          "Name one town, county or region of Ontario, or give the area as GeoJSON in extent.", (ServiceFacts,),
          upkeep.area_unknown),
    Check("door-in-two-sources", "One door in two sources",
          "Search shows the first of them; close the record in one of the sources.",
          whole=twins.across_sources),
    Check("likely-duplicate", "Services with the same name and number",
          "Join them if they are one; else give them names that tell them apart.", whole=twins.same_name_and_number),
    Check("no-french", "No French name or description",
          "Add the French text at the source; until then the English one is shown, marked as such.",
          (ServiceFacts,), texts.french_missing),
    Check("malformed-address", "E-mail or web addresses that cannot be used",
          "Write one address: name@example.org, https://example.org.", (ServiceFacts, OrganizationFacts),
          texts.malformed),
    Check("html", "HTML left in texts", "Take the tags and entities out at the source.",
          (ServiceFacts, OrganizationFacts, PlaceFacts), texts.html_left),
    Check("capitals", "Names in capitals", "Write the name as people do: screen readers spell capitals out.",
          (ServiceFacts, OrganizationFacts, PlaceFacts), texts.capitals),
    Check("unnamed-term", "Codes of a taxonomy without names",
          "Take the names of the terms in with the codes; needs are told from them.", (TermFacts,),
          texts.term_unnamed),
)  # fmt: skip
CHECKS: Mapping[str, Check] = {check.name: check for check in _ALL}
