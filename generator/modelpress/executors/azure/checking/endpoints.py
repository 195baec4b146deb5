"""Endpoints, and the traffic that they share out."""

from __future__ import annotations

from collections.abc import Iterator

from modelpress.executors.azure.checking.documents import Document, choice_flaws
from modelpress.executors.azure.checking.flaws import Flaw
from modelpress.executors.azure.checking.names import ENDPOINT, text_flaws

AUTH_MODES = {"online": ("key", "aml_token", "aad_token"), "batch": ("aad_token",)}
WHOLE = 100  # per cent


def endpoint_flaws(document: Document, kind: str) -> Iterator[Flaw]:
    """What is wrong with the file of an endpoint; `kind` is online or batch."""
    yield from ENDPOINT.flaws(document, "name", required=True)
    yield from choice_flaws(document, ["auth_mode"], AUTH_MODES[kind])
    yield from text_flaws(document, "tags")
    yield from _traffic_flaws(document)


def _traffic_flaws(document: Document) -> Iterator[Flaw]:
    traffic = document.get("traffic")
    if traffic is None:
        return
    shares = list(document.section("traffic").values())
    whole = all(isinstance(share, int) and not isinstance(share, bool) and 0 <= share <= WHOLE for share in shares)
    if not shares or not whole:
        yield document.flaw(("traffic",), "must map deployments to whole percentages", "Take it out, or correct it.")
    elif sum(shares) not in (0, WHOLE):
        yield document.flaw(("traffic",), f"must sum to {WHOLE}, not {sum(shares)}", "Correct the percentages.")
