"""Measure everything in one run, interleaved, and write docs/performance.md.

Usage: python -m bench [--rounds 5] [--requests 60] [--only-sqlite] [--only-crowd] [--print]
"""

import argparse
import sys
from contextlib import ExitStack

from bench import cost, crowd, flows, load, pages, report
from bench.stage import Stage, settle, stages
from tools import live

WALKS = 8


def main() -> int:
    """Walk the rounds: every page of every database once, then every flow, then again."""
    asked = argparse.ArgumentParser(prog="python -m bench")
    asked.add_argument("--rounds", type=int, default=5)
    asked.add_argument("--requests", type=int, default=60)
    asked.add_argument("--only-sqlite", action="store_true")
    asked.add_argument("--only-crowd", action="store_true", help="nothing but the many listings")
    asked.add_argument("--print", action="store_true", dest="prints", help="do not write the page")
    given = asked.parse_args()
    if given.only_crowd:
        return put_crowd_in(given)
    people = (given.rounds + 1) * WALKS * 2 + 4
    with stages(with_postgresql=not given.only_sqlite, people=people) as opened:
        targets = {stage.name: pages.targets(stage) for stage in opened}
        walked = {stage.name: flows.flows(stage) for stage in opened}
        for stage in opened:
            flows.count_statements(stage, walked[stage.name])
        settle()
        for number in range(given.rounds):
            print(f"round {number + 1} of {given.rounds}", file=sys.stderr, flush=True)
            one_round(opened, targets, walked, given.requests)
        remembered = [row for stage in opened for row in memories(stage)]
        parts = [report.pages(name, listed) for name, listed in targets.items()]
        parts += [report.flows(name, listed) for name, listed in walked.items()]
        parts.append(report.memory(remembered))
    parts += crowded(given)
    text = report.composed(parts, given.rounds, given.requests)
    print(text)
    if not given.prints:
        report.BOOK.write_text(text)
    return 0


def put_crowd_in(given: argparse.Namespace) -> int:
    """Measure only the many listings, and leave the rest of the page as it stands."""
    text = report.BOOK.read_text()
    for part in crowded(given):
        print(part)
        text = report.put_in(text, part)
    if not given.prints:
        report.BOOK.write_text(text)
    return 0


def crowded(given: argparse.Namespace) -> list[str]:
    """Measure the pages on which things are found in a town with many listings."""
    asked = given.rounds * given.requests
    parts = []
    with ExitStack() as held:
        servers: list[tuple[str, str | None]] = [("SQLite", None)]
        if not given.only_sqlite:
            servers.append(("PostgreSQL", held.enter_context(live.postgresql())))
        for name, server in servers:
            with crowd.crowds(server) as rows:
                settle()
                for _ in range(given.rounds):
                    crowd.measure(rows, requests=given.requests)
                parts.append(report.many(name, rows, asked))
    return parts


def one_round(
    opened: list[Stage],
    targets: dict[str, list[pages.Target]],
    walked: dict[str, list[flows.Flow]],
    requests: int,
) -> None:
    """Measure each thing once, the databases taking turns."""
    for row in zip(*(targets[stage.name] for stage in opened), strict=True):
        for stage, target in zip(opened, row, strict=True):
            pages.measure(stage, target, requests=requests)
    for pair in zip(*(walked[stage.name] for stage in opened), strict=True):
        for stage, flow in zip(opened, pair, strict=True):
            flows.measure(stage, flow, times=WALKS)


def memories(stage: Stage) -> list[tuple[str, int, float]]:
    """Return the MiB that a fresh server holds after 400 requests, with one worker and with two."""
    found = []
    for workers in (1, 2):
        site = live.Site(stage.cold.folder, stage.cold.database, workers=workers)
        site.start()
        try:
            for path in ("/", "/merchants/listings", "/forum/", "/events/"):
                load.run(site.address + path, requests=100, lines=8)
            found.append((stage.name, workers, cost.memory(site.processes())))
        finally:
            site.stop()
    return found


if __name__ == "__main__":
    sys.exit(main())
