"""Sets the figures as docs/performance.md: what was measured, on what machine, and how it stands to the aims."""

from __future__ import annotations

import datetime
import os
import platform
import re
from pathlib import Path

from bench import crowd
from bench.flows import Flow
from bench.pages import Target

BOOK = Path(__file__).resolve().parent.parent / "docs/performance.md"
GUEST_AIM, MEMBER_AIM, FLOW_AIM = 3, 5, 10

HEAD = """# What pages and flows cost

Written by `make bench`. In one run, interleaved, on one machine: our pages on the demo town, beside a floor under the
same granian (one worker, 32 threads): a bare Flask route, a 30 kB Jinja page with one query, and for flows that page with
one committed insert. CPU is what server and database processes spent for one request, one request at a time, median of the
rounds; rate and waiting are with eight connections, the client on the same machine. *cold*: the page is not kept, but the
process is warm and remembers parts of pages that it has rendered before (see the end); members' pages are always so.
*first*: no part is remembered either, all of the page is rendered. *kept*: a guest's page out of the page cache. *again*:
the browser asks with its ETag and gets a 304.
"""

CHEAP = """## How pages stay cheap

- **Statements are built and compiled once.** Building a `select()` costs three to ten times as much as carrying it out.
  Hot queries therefore keep theirs at module level, or in a function under `functools.cache` keyed by its shape (which
  filters there are, which order), with `bindparam` for every value, and ask with `core.db.fetch(statement, **values)`. It
  compiles each once (`core.asked`) and goes to the driver, past the session's machinery for entities. A statement that
  is written anew for each request, or asked once in a while, uses `db.session.execute`.
- **Reads begin nothing.** `fetch` asks on a connection that the session lends it (`core.reading`) as long as no transaction
  is open: no BEGIN, no ROLLBACK, each statement sees what is committed. On PostgreSQL that is more than two trips saved:
  psycopg forgets every prepared statement at a ROLLBACK, so that each page would have planned its statements anew. What the
  session itself begins outside `transaction()` may only read there, and ends by COMMIT for the same reason. A connection is
  asked whether it is still there only after a second of rest; a read that finds it lost is asked again.
- **Which rows first, then what they show.** A long list finds the ids of its page in an inner select, so that what a card
  shows (what is free, until when a shop is open) is reckoned for two dozen rows and not for all that might have come.
- **Parts are remembered by all that shows in them.** `remembered(macro, *inputs)` in a template and
  `pages.remembered_part(template, macro, *inputs)` in Python render a card once for the same inputs and language; a process
  keeps `LINLI_REMEMBERED_LETTERS`, the ones not asked for go first. Nothing is ever out of date, for *everything that shows
  is an input*: the row with every column, and in words what depends on the hour ("3 hours ago", "today", "open until").
  Such a macro reads no person, no request and no clock; a form in it prints `guard_place`, where the page puts its guard.
  Under test each remembered part is made again and compared, on every page that any test visits. Rows are named tuples,
  which are compared and hashed at no cost.
- **Addresses, words and parts.** `core.templating` remembers the addresses that `url_for` has written and the messages
  that were worded, imports the parts of pages once, calls macros and functions without Jinja's four look-ups each, and
  prints what is escaped already without copying it.
  Cards of which a page has two dozen call no macro that they can do without. Import parts without context.
- **The layout asks once.** Numbers that every member's page shows (unread notices, pieces in the basket) are registered
  with `pages.layout_count` and come in one statement; a page that has read one anyway says so with `know_count`.
- **Nothing that pages do not need.** There is no session cookie of Flask's; guests' pages carry an ETag and are kept for a
  few seconds; lists for filters leave the neighbourhoods' shapes out.
"""


def machine() -> str:
    """Return what it ran on, and how busy that was."""
    model = re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text())
    load = " ".join(f"{value:.1f}" for value in os.getloadavg())
    name = model.group(1) if model else platform.processor()
    now = datetime.datetime.now(datetime.UTC)
    return (
        f"{now:%Y-%m-%d %H:%M} UTC, {os.cpu_count()} cores ({name}), {platform.system()}, "
        f"Python {platform.python_version()}; load average at the end {load}."
    )


def pages(name: str, targets: list[Target]) -> str:
    """Set one database's pages as a table."""
    floor = next(target for target in targets if "30 kB" in target.name).median()
    lines = [
        f"## Pages on {name}",
        "",
        "| page | as | CPU ms | of it database | × floor page | req/s | p50 ms | p99 ms | kB | SQL |",
        "| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for target in targets:
        who = {
            "guest": "guest, cold",
            "first": "guest, first",
            "kept": "guest, kept",
            "again": "guest, again",
        }
        lines.append(
            f"| {target.name} | {who.get(target.who, target.who)} | {target.median():.2f} "
            f"| {target.median('database'):.2f} | {target.median() / floor:.1f} | {target.rate:.0f} "
            f"| {target.wait(0.5):.1f} | {target.wait(0.99):.1f} | {target.size:.1f} "
            f"| {target.statements} |"
        )
    return "\n".join([*lines, "", aims(targets, floor)])


def aims(targets: list[Target], floor: float) -> str:
    """Say which pages keep the aims and name those that do not."""
    said = []
    for who, times, most in (("guest", GUEST_AIM, 6), ("member", MEMBER_AIM, 10)):
        mine = [target for target in targets if target.who == who]
        dear = [f"{target.name} {target.median() / floor:.1f}" for target in mine
                if target.median() >= times * floor]  # fmt: skip
        chatty = [f"{target.name} {target.statements}" for target in mine
                  if (target.statements or 0) > most]  # fmt: skip
        said.append(
            f"{who.capitalize()} pages under {times} × the floor page: {len(mine) - len(dear)} of {len(mine)}"
            + (f"; not {', '.join(dear)}" if dear else "")
            + f". At most {most} statements: {len(mine) - len(chatty)} of {len(mine)}"
            + (f"; not {', '.join(chatty)}." if chatty else ".")
        )
    first = [target.median() / floor for target in targets if target.who == "first"]
    said.append(f"Of guest pages no part of which is remembered: {sum(times < GUEST_AIM for times in first)} of "
                f"{len(first)} under {GUEST_AIM} ×, {min(first):.1f} to {max(first):.1f}.")  # fmt: skip
    return "\n".join(said)


def flows(name: str, measured: list[Flow]) -> str:
    """Set one database's flows as a table."""
    floor = measured[0].median
    lines = [
        f"## Flows on {name}",
        "",
        "| flow | requests | SQL | CPU ms | of it database | × floor flow | p50 ms | p99 ms | done/s, 4 at once |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    lines += [
        f"| {flow.name} | {flow.requests} | {flow.statements} | {flow.median:.1f} | {flow.database:.1f} "
        f"| {flow.median / floor:.1f} | {flow.wait(0.5):.0f} | {flow.wait(0.99):.0f} | {flow.rate:.0f} |"
        for flow in measured
    ]
    dear = [flow.name for flow in measured[1:] if flow.median >= FLOW_AIM * floor]
    order = next((flow for flow in measured if flow.name == "order"), None)
    said = f"Flows under {FLOW_AIM} × the floor flow: {len(measured) - 1 - len(dear)} of {len(measured) - 1}"
    said += f"; not {', '.join(dear)}." if dear else "."
    if order is not None:
        said += f" An order takes {order.statements} statements (aim: at most 50)."
    return "\n".join([*lines, "", said])


def memory(rows: list[tuple[str, int, float]]) -> str:
    """Set the memory of the server's processes as a table; shared pages are counted once."""
    lines = ["## Memory", "", "| database | workers | MiB after 400 requests | aim |",
             "| --- | ---: | ---: | ---: |"]  # fmt: skip
    aim = {1: "under 150", 2: "under 250"}
    return "\n".join(lines + [f"| {name} | {n} | {mib:.0f} | {aim[n]} |" for name, n, mib in rows])


def many(name: str, rows: list[crowd.Row], asked: int) -> str:
    """Set the pages on which things are found, at both sizes, as a table."""
    few = f"{crowd.LISTINGS // crowd.TENTH:,}"
    lines = [
        f"## {crowd.LISTINGS:,} listings of {crowd.SHOPS} shops on {name}",
        "",
        f"| page | SQL at {few} | SQL at {crowd.LISTINGS:,} | p50 ms at {few} | p50 ms at {crowd.LISTINGS:,} | × |",
        "| --- | ---: | ---: | ---: | ---: | ---: |",
    ]
    lines += [
        f"| {row.name} | {row.statements[0]} | {row.statements[1]} | {row.p50(0):.1f} | {row.p50(1):.1f} "
        f"| {row.growth:.2f} |"
        for row in rows
    ]
    slow = [f"{row.name} {row.growth:.2f}" for row in rows if row.growth >= crowd.AIM]
    same = sum(row.statements[0] == row.statements[1] for row in rows)
    said = f"Guest, cold, one request at a time, beside a town with a tenth of shops and listings; {asked} requests of each"
    said += f" page and size. {machine()} p50 under {crowd.AIM} ×: {len(rows) - len(slow)} of {len(rows)}"
    said += f"; not {', '.join(slow)}." if slow else "."
    return "\n".join(
        [*lines, "", f"{said} As many statements at both sizes: {same} of {len(rows)}."]
    )


def put_in(page: str, part: str) -> str:
    """Return the page with one section put in the place of the one of its name, or before the end."""
    title = part.split("\n", 1)[0]
    sections = re.split(r"\n+(?=## )", page.strip())
    there = [number for number, one in enumerate(sections) if one.split("\n", 1)[0] == title]
    if there:
        sections[there[0]] = part
    else:
        sections.insert(len(sections) - 1, part)
    return "\n\n".join(sections) + "\n"


def composed(parts: list[str], rounds: int, requests: int) -> str:
    """Return docs/performance.md."""
    run = f"{machine()} {rounds} rounds of {requests} requests for each page and way."
    return "\n\n".join([HEAD.strip(), run, *parts, CHEAP.strip()]) + "\n"
