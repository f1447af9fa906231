"""Whole flows over HTTP: page, form, redirect, page; each by a member of its own, beside a floor flow."""

from __future__ import annotations

import statistics
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from bench import cost
from bench.stage import STATEMENTS, Stage
from tools import live
from tools.shop import place_order
from tools.visitor import Answer, Visitor

AT_ONCE = 4
Walk = Callable[[Visitor], None]


@dataclass
class Flow:
    """One flow and what the rounds gave."""

    name: str
    site: live.Site
    walk: Walk
    visitors: Iterator[Visitor]
    requests: int = 0
    statements: int = 0
    spent: list[cost.Spent] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    rates: list[float] = field(default_factory=list)

    @property
    def median(self) -> float:
        """Return the median CPU milliseconds of the rounds."""
        return statistics.median(each.total for each in self.spent)

    @property
    def database(self) -> float:
        """Return the median CPU milliseconds of the database's part."""
        return statistics.median(each.database for each in self.spent)

    @property
    def rate(self) -> float:
        """Return the median of flows done a second, several at once."""
        return statistics.median(self.rates)

    def wait(self, share: float) -> float:
        """Return the milliseconds within which this share of the flows was done, one at a time."""
        ordered = sorted(self.seconds)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))] * 1000


class Counting(Visitor):
    """A visitor of the counting site who adds up what the answers say."""

    statements = 0

    def once(self, method: str, path: str, body: bytes | None = None, **headers: str) -> Answer:
        """Send one request and add its statements."""
        answer = super().once(method, path, body, **headers)
        self.statements += int(answer.headers.get(STATEMENTS.lower(), 0))
        return answer


def measure(stage: Stage, flow: Flow, *, times: int) -> None:
    """Walk the flow one at a time for CPU and waiting, then several at once for the rate."""
    ready = [next(flow.visitors) for _ in range(times * 2)]

    def work() -> int:
        for visitor in ready[:times]:
            began = time.perf_counter()
            flow.walk(visitor)
            flow.seconds.append(time.perf_counter() - began)
        return times

    flow.spent.append(cost.spent(flow.site.processes, stage.database_processes, work))
    flow.requests = ready[0].requests
    flow.rates.append(at_once(flow.walk, ready[times:]))


def at_once(walk: Walk, visitors: list[Visitor]) -> float:
    """Return how many flows a second are done with several visitors at once."""
    waiting = iter(visitors)
    lock = threading.Lock()
    failed: list[Exception] = []

    def work() -> None:
        while True:
            with lock:
                visitor = next(waiting, None)
            if visitor is None:
                return
            try:
                walk(visitor)
            except Exception as error:  # told by the main thread
                failed.append(error)
                return

    threads = [threading.Thread(target=work) for _ in range(AT_ONCE)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failed:
        raise failed[0]
    return len(visitors) / (time.perf_counter() - began)


def walk_floor(visitor: Visitor) -> None:
    """Page with a form, one committed insert, redirect, page."""
    form = visitor.get("/page").form("/insert")
    assert "Thing number" in visitor.send(form).text


def flows(stage: Stage, counting: live.Site | None = None) -> list[Flow]:
    """List the flows of a stage; with `counting`, the same against the counting site."""
    site = counting or stage.cold
    make = Counting if counting else Visitor
    shop = stage.shop

    def buyers() -> Iterator[Visitor]:
        # Whoever walked on the counting site has signed up already: count with people from the end.
        for token in reversed(stage.tokens) if counting else stage.tokens:
            visitor = make(site.address)
            visitor.cookies["linli_session"] = token
            yield visitor

    def strangers() -> Iterator[Visitor]:
        while True:
            yield make(stage.floor.address)

    def order(visitor: Visitor) -> None:
        assert place_order(visitor, shop) is not None

    def register(visitor: Visitor) -> None:
        page = visitor.get(stage.gathering)
        answer = visitor.send(page.form(r"/events/\d+/sign-up$"))
        assert answer.status == 200, answer.text[:2000]

    def reply(visitor: Visitor) -> None:
        page = visitor.get(stage.thread)
        answer = visitor.send(page.form(r"/reply$", body=""), body="Good to know, thank you.")
        assert "Good to know, thank you." in answer.text

    return [
        Flow("floor: page, insert, page", stage.floor, walk_floor, strangers(), statements=3),
        Flow("order", site, order, buyers()),
        Flow("registration", site, register, buyers()),
        Flow("reply", site, reply, buyers()),
    ]


def count_statements(stage: Stage, measured: list[Flow]) -> None:
    """Walk each flow twice on a site that counts, and note the second walk's statements."""
    counting = live.Site(stage.cold.folder, stage.cold.database, target="bench.counted:app")
    counting.start()
    try:
        for flow, counted in zip(measured[1:], flows(stage, counting)[1:], strict=True):
            for _ in range(2):
                visitor = next(counted.visitors)
                counted.walk(visitor)
            assert isinstance(visitor, Counting)
            flow.statements = visitor.statements
    finally:
        counting.stop()
