"""The account is read with requests that the carrier's published description has."""

from __future__ import annotations

from bot.carrier.account_reader import read
from tests.peers.carrier import ACCOUNT, TOKEN, Carrier
from tests.peers.prism import proxied
from tests.peers.rest import serving

OURS = "+14165550100"


def test_reading_an_account_keeps_to_the_published_description() -> None:
    carrier = Carrier()
    carrier.owns(OURS, sms_url="https://chat.example.org/sms/inbound", capabilities={"sms": True, "voice": False})
    carrier.caller_ids.append("+14165550101")
    with serving(carrier) as upstream, proxied(upstream) as prism:
        found = read(ACCOUNT, TOKEN, prism.url)
        refused = [line for line in prism.refused() if "/2010-04-01/" in line]
    assert refused == []
    assert found.state == "active"
    assert found.senders[OURS].texts.url == "https://chat.example.org/sms/inbound"
    assert (found.senders[OURS].can_text, found.senders[OURS].can_call) == (True, False)
    assert found.caller_ids == {"+14165550101"}
