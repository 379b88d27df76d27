"""The columns of iCarol's resource export that are read, and how iCarol writes yes, no and levels.

Names are those of the export as OpenCIOC's public import of it lists them (OpenCIOC/onlineresources,
`dbo.CIC_iCarolImport` and `icarol_fetch.py`), and of the field reference of the 211 Canada API
(data.211support.org/docs/detail). Everything is compared in lower case.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from directory_client.words import fold

NUMBER = "resourceagencynum"
PARENT, PROGRAM, SITE, LEVEL = "parentagencynum", "connectstoprogramnum", "connectstositenum", "taxonomylevelname"
# The export has five, answers of the API can have more.
SLOTS = tuple(f"phone{place}" for place in range(1, 11))
NAMED_PHONES = (
    "phonenumberhotline",
    "phonetollfree",
    "phonenumberbusinessline",
    "phonetty",
    "phonenumberafterhours",
    "phonenumberoutofarea",
    "phonefax",
)
_TEXTS = """
    resourceagencynum parentagencynum connectstoprogramnum connectstositenum taxonomylevelname parentagency
    publicname alternatename officialname agencydescription agencydescription_site agencystatus status
    languageofrecord excludefromwebsite isconfidential madeinactiveon custom_deletedrecord
    emailaddressmain websiteaddress licenseaccreditation legalstatus yearincorporated custom_legalname
    mailingattentionname mailingaddress1 mailingaddress2 mailingcity mailingstateprovince mailingpostalcode
    mailingcountry mailingaddressisprivate
    physicaladdress1 physicaladdress2 physicalcity physicalcommunity physicalstateprovince physicalpostalcode
    physicalcountry physicaladdressisprivate latitude longitude physicallocationdescription busserviceaccess
    publicaccesstransportation disabilitiesaccess hoursofoperation hours
    eligibility eligibilityadult eligibilitychild eligibilityfamily eligibilityfemale eligibilitymale
    eligibilityteen custom_minimumage custom_maximumage minage maxage feestructuresource applicationprocess
    intakeprocedure documentsrequired languagesoffered languagesofferedlist coverage coveragearea coverageareatext
    taxonomycodes taxonomyterms taxonomyterm temporarymessage temporarymessageappears temporarymessageexpires
    lastverifiedon updatedon maincontactname maincontacttitle maincontactemailaddress maincontactisprivate
"""
KNOWN = frozenset(
    [
        *_TEXTS.split(),
        *(slot + part for slot in SLOTS for part in ("number", "name", "description", "type", "isprivate", "hotline")),
        *(name + part for name in NAMED_PHONES for part in ("", "description", "isprivate")),
    ]
)
_LEVELS = {
    "agency": "agency",
    "organisme": "agency",
    "agence": "agency",
    "program": "program",
    "programme": "program",
    "site": "site",
    "emplacement": "site",
    "programatsite": "at_site",
    "programmeausite": "at_site",
    "serviceatsite": "at_site",
}
_YES = frozenset(["yes", "true", "1", "y", "oui", "vrai", "t", "o"])
_NO = frozenset(["", "no", "false", "0", "n", "non", "faux", "f"])


def column_name(name: str) -> str:
    """A column's name without case and blanks: "Custom_Minimum Age" is "custom_minimumage"."""
    return "".join(name.split()).lower()


def level_of(fields: Mapping[str, str]) -> str:
    """ "agency", "program", "site" or "at_site"; "" for a record that is all of them in one."""
    return _LEVELS.get(re.sub(r"[\W_]", "", fold(fields.get(LEVEL, ""))), "")


def yes(text: str) -> bool:
    """A flag that is set for sure."""
    return fold(text).strip() in _YES


def private(text: str) -> bool:
    """A flag of privacy: everything that is not plainly "no" or empty keeps the record to itself."""
    return fold(text).strip() not in _NO


def inactive(fields: Mapping[str, str]) -> bool:
    """Whether a record says that it must not be given out."""
    status = fold(fields.get("agencystatus") or fields.get("status", ""))
    told = bool(re.search(r"inacti|do not refer|ne pas|delet|defunct|closed|supprim", status))
    return (
        told
        or yes(fields.get("excludefromwebsite", ""))
        or yes(fields.get("custom_deletedrecord", ""))
        or (not status and bool(fields.get("madeinactiveon", "")))
    )


def confidential(fields: Mapping[str, str]) -> bool:
    """Whether a record says that its address is nobody's business."""
    return private(fields.get("physicaladdressisprivate", "")) or private(fields.get("isconfidential", ""))
