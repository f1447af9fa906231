"""Taking one's own data along: nothing is forgotten, nobody else gets it."""

import io
import json
import zipfile
from datetime import timedelta

import pytest

from app.accounts.jobs import close_due_accounts, drop_old_exports
from app.accounts.queries import leaving as reads
from app.accounts.queries import own
from app.accounts.services import closing, own_data
from app.core import clock
from app.core.db import Base, transaction
from app.core.jobs.services import run_all
from tests.factories import forum as talk
from tests.factories.accounts import PASSWORD, person, viewer

# Columns that point at a person without a foreign key.
LOOSE = {
    "activity.actor_id",
    "presence.user_id",
    "pictures.given_by",
    "addresses.owner_id",
    "users.id",
}


def persons_keys() -> set[str]:
    found = set(LOOSE)
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            if any(key.target_fullname == "users.id" for key in column.foreign_keys):
                found.add(f"{table.name}.{column.name}")
    return found


def undeclared(keys: set[str]) -> set[str]:
    return keys - {held.key for held in own.all_held()}


def test_every_house_says_what_it_holds_about_a_person(app) -> None:
    assert undeclared(persons_keys()) == set()


def test_a_table_nobody_spoke_of_would_be_seen(app) -> None:
    assert undeclared(persons_keys() | {"diaries.person_id"}) == {"diaries.person_id"}


def test_every_reason_and_every_fate_is_said_and_every_part_can_be_read(app) -> None:
    someone = person()
    for held in own.all_held():
        assert str(held.title)
        if held.left_out is not None:
            assert str(held.left_out)
        if held.fate is own.Fate.KEPT:
            assert str(held.why), held.key
        list(own.rows_of(held, someone.id))


def test_no_secret_leaves_the_house(app) -> None:
    for held in own.handed_out():
        names = {column.name for column in held.columns()}
        assert not {name for name in names if name.endswith(("_hash", "secret"))}, held.key


def gathered(browser) -> int:
    page = browser.visit("/me/data")
    browser.post("/me/data", page.forms("/me/data")[0], 303)
    run_all()
    return reads.exports_of(_me(browser))[0].id


def _me(browser) -> int:
    return int(browser.person_id)


@pytest.fixture
def writer(sign_in):
    made = person(has_password=True, language="en", signature="Third floor")
    browser = sign_in(made)
    browser.person_id = made.id
    return browser


def test_a_person_takes_everything_with_their_password_and_no_one_else_does(
    writer, sign_in
) -> None:
    export_id = gathered(writer)
    page = writer.visit("/me/data")
    fields = page.forms(f"/me/data/{export_id}")[0]
    wrong = writer.post(f"/me/data/{export_id}", fields | {"password": "not this"}, 422)
    assert "password is wrong" in wrong
    page = writer.visit("/me/data")
    fields = page.forms(f"/me/data/{export_id}")[0] | {"password": PASSWORD}
    sent = fields | {"csrf_token": writer.csrf}
    with writer.client.post(f"/me/data/{export_id}", data=sent, headers=writer.headers) as taken:
        assert "no-store" in taken.headers["Cache-Control"]
        content = io.BytesIO(taken.data)
    with zipfile.ZipFile(content) as archive:
        names = set(archive.namelist())
        whole = json.loads(archive.read("data.json"))
        assert {"data.json", "README.txt", "csv/users.id.csv"} <= names
        assert whole["users.id"][0]["signature"] == "Third floor"
        assert "password_hash" not in whole["users.id"][0]
        assert "Third floor" in archive.read("csv/users.id.csv").decode("utf-8-sig")
    other = sign_in(person(has_password=True))
    other.post(f"/me/data/{export_id}", {"password": PASSWORD}, 404)


def test_a_second_one_is_refused_while_the_first_is_gathered(writer) -> None:
    fields = writer.visit("/me/data").forms("/me/data")[0]
    writer.post("/me/data", fields, 303)
    page = writer.visit("/me/data")
    assert "Gathering your data" in page
    writer.post("/me/data", {}, 409)
    run_all()
    assert "Save the file" in writer.visit("/me/data")


def test_after_a_week_the_file_is_gone(writer, at) -> None:
    export_id = gathered(writer)
    path = own_data.file_of("own", export_id)
    assert path.is_file()
    later = reads.exports_of(writer.person_id)[0].ends_at
    with at(later):
        with transaction():
            assert own_data.drop_old_exports(at=later) == [export_id]
        writer.post(f"/me/data/{export_id}", {"password": PASSWORD}, 404)


def test_what_somebody_wrote_is_in_it_and_what_others_wrote_is_not(app) -> None:
    author, other = talk.a_neighbour("林"), talk.a_neighbour("周")
    board = talk.a_board()
    talk.a_thread(board, author, body="The tap drips.")
    talk.a_thread(board, other, body="Not yours.")
    posts = next(held for held in own.handed_out() if held.key == "posts.author_id")
    assert [row["body"] for row in own.rows_of(posts, author.id)] == ["The tap drips."]


def test_an_export_that_was_never_gathered_can_be_asked_for_again(writer) -> None:
    fields = writer.visit("/me/data").forms("/me/data")[0]
    writer.post("/me/data", fields, 303)
    with transaction():
        own_data.drop_old_exports(at=clock.now() + timedelta(hours=5))
    assert "Gathering your data" in writer.visit("/me/data")
    with transaction():
        own_data.drop_old_exports(at=clock.now() + timedelta(hours=7))
    page = writer.visit("/me/data")
    assert "could not be gathered" in page
    writer.post("/me/data", page.forms("/me/data")[0], 303)


def test_the_file_of_somebody_who_leaves_goes_at_once(writer) -> None:
    path, now = own_data.file_of("own", gathered(writer)), clock.now()
    with transaction():
        closing.ask_closing(viewer(writer.person_id), keeps_words=True, at=now - timedelta(days=8))
    close_due_accounts(now)
    drop_old_exports(now)
    assert not path.exists()
