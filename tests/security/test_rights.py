"""Who may open what: every address and every kind of visitor, against a list that people read.

`rights.txt` says for each method and address who gets in, to real things of a real town. An address
without a line fails, and so does anybody who gets in where no line says so, or who does not where
one does. To see what the site really does, run with `LINLI_WRITE_RIGHTS=1` and read the change.
"""

import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest
from werkzeug.routing import Rule

from app.core.access import public
from tests.security.town import ACTORS, Town

LIST = Path(__file__).with_name("rights.txt")
GROUPS = {
    "everybody": ACTORS,
    "members": ACTORS[1:],
    "staff": ("courier", "clerk", "manager", "owner"),
    "keepers": ("manager", "owner"),
    "counter": ("clerk", "manager", "owner"),
    "reviewers": ("moderator", "operator"),
}
HEAD = """\
# Who gets in, address by address: held by tests/security/test_rights.py, read by people.
#
# guest       nobody signed in, without a key or a link of their own
# neighbour   a member who has nothing to do with the thing asked for
# buyer       the member whose order, thread, address, child, picture, notice ... it is
# courier, clerk, manager, owner   those who work in the shop asked for
# rival       the owner of another shop
# leader      leads the board; planner runs the gathering; moderator, operator run the town
#
# everybody = all of them      members = all but the guest
# staff = courier clerk manager owner   counter = clerk manager owner   keepers = manager owner
# reviewers = moderator operator
#
# `nobody` says why. An address with a secret in it opens to whoever was given the address.

"""
Rights = dict[str, str]


def line_of(method: str, rule: Rule) -> str:
    """Return how a line names an address."""
    return f"{method} {rule.rule}"


def worded(who: Iterable[str]) -> str:
    """Return some visitors in the list's words."""
    left = [actor for actor in ACTORS if actor in set(who)]
    words = []
    for group, members in GROUPS.items():
        if set(members) <= set(left):
            words.append(group)
            left = [actor for actor in left if actor not in members]
    return " ".join([*words, *left]) or "nobody"


def meant(words: str) -> set[str]:
    """Return the visitors that a line means."""
    found: set[str] = set()
    for word in words.split("#", maxsplit=1)[0].split():
        if word != "nobody":
            found |= set(GROUPS.get(word, (word,)))
    return found


def written() -> Rights:
    """Return the list as it stands: who, by address."""
    lines = LIST.read_text().splitlines() if LIST.is_file() else []
    rows = [line for line in lines if line and not line.startswith("#")]
    found = {}
    for row in rows:
        address, who = re.split(r"\s{2,}", row, maxsplit=1)
        found[address] = who
    return found


def differences(found: Mapping[str, set[str]], rights: Rights) -> list[str]:
    """Return what the site does otherwise than the list says."""
    faults = [f"{line}: has no line in {LIST.name}" for line in found if line not in rights]
    faults += [f"{line}: is no address of the site" for line in rights if line not in found]
    for line, who in found.items():
        wanted = meant(rights.get(line, worded(who)))
        more, fewer = who - wanted, wanted - who
        faults += [f"{line}: {worded(more)} got in"] if more else []
        faults += [f"{line}: {worded(fewer)} did not get in"] if fewer else []
    return faults


def let_in(town: Town, rows: Iterable[tuple[str, Rule]]) -> dict[str, set[str]]:
    """Knock at every door as everybody; return who got in."""
    found = {}
    for method, rule in rows:
        url = town.address(rule)
        found[line_of(method, rule)] = {
            actor for actor in ACTORS if not town.knock(actor, method, rule, url).is_refused
        }
    return found


@pytest.mark.timeout(400)  # five thousand requests, also on a busy machine
def test_everybody_gets_in_where_the_list_says_and_nowhere_else(town: Town) -> None:
    found = let_in(town, town.rules())
    if os.environ.get("LINLI_WRITE_RIGHTS"):
        known = written()
        why = {line: who.partition("#")[2] for line, who in known.items() if "#" in who}
        width = max(len(line) for line in found) + 2
        lines = [
            f"{line:<{width}}{worded(who)}" + (f"  #{why[line]}" if line in why else "")
            for line, who in found.items()
        ]
        LIST.write_text(HEAD + "\n".join(lines) + "\n")
    assert differences(found, written()) == []


def test_every_line_that_lets_nobody_in_says_why() -> None:
    silent = [line for line, who in written().items() if not meant(who) and "#" not in who]
    assert silent == []


def test_a_new_address_without_a_line_is_seen(town: Town) -> None:
    planted = Rule("/operator/planted", endpoint="operator.audit", methods=["GET"])
    town.app.url_map.bind("localhost")
    planted.bind(town.app.url_map, rebind=True)
    assert differences({line_of("GET", planted): {"operator"}}, {}) == [
        "GET /operator/planted: has no line in rights.txt"
    ]


@pytest.mark.parametrize("endpoint", ["operator.audit", "workbench.bills"])
def test_a_guard_that_was_switched_off_is_seen(town: Town, endpoint: str) -> None:
    views: dict[str, Any] = town.app.view_functions
    known = views[endpoint]

    def opened(**values: Any) -> Any:
        return known(**values)

    views[endpoint] = public(opened)
    try:
        rows = [(method, rule) for method, rule in town.rules() if rule.endpoint == endpoint]
        found = let_in(town, rows)
    finally:
        views[endpoint] = known
    [line] = found
    faults = differences(found, {line: written()[line]})
    assert len(faults) == 1
    assert "got in" in faults[0]


def test_a_question_that_is_no_longer_asked_is_seen(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Take away who may see an order, as a slip in a policy would."""
    monkeypatch.setattr("app.orders.policies.can_open", lambda *_a, **_k: True)
    rows = [row for row in town.rules() if line_of(*row) == "GET /orders/<int:order_id>"]
    found = let_in(town, rows)
    assert differences(found, {line: written()[line] for line in found}) != []
