import pytest
from flask import Flask

from app.core import clock
from app.core.access import SYSTEM
from app.core.db import transaction
from app.core.errors import FieldError, NotFoundError
from app.places import queries, services
from app.places.types.points import Point
from tests.factories.places import XIPU, neighbourhood


def test_neighbourhoods_come_in_the_operators_order(app: Flask) -> None:
    late = neighbourhood("后村", position=2)
    early = neighbourhood("前村", position=1)
    assert [row.id for row in queries.neighbourhoods()] == [early.id, late.id]


def test_an_archived_neighbourhood_leaves_the_list_and_keeps_its_name(app: Flask) -> None:
    row = neighbourhood()
    with transaction():
        services.archive_neighbourhood(SYSTEM, row.id, reason="merged", at=clock.now())
    assert queries.neighbourhoods() == []
    assert queries.names_of([row.id]) == {row.id: ("犀浦", "Xipu")}
    with transaction():
        services.restore_neighbourhood(SYSTEM, row.id, at=clock.now())
    assert len(queries.neighbourhoods()) == 1


def test_a_neighbourhood_is_edited_and_a_taken_short_name_refused(app: Flask) -> None:
    one, other = neighbourhood(slug="one"), neighbourhood(slug="other")
    values = {"name": "新名", "centre": Point(31, 104), "at": clock.now()}
    with transaction():
        services.edit_neighbourhood(SYSTEM, one.id, slug="one", **values)
    assert queries.neighbourhood(one.id).name == "新名"
    with pytest.raises(FieldError) as refused, transaction():
        services.edit_neighbourhood(SYSTEM, other.id, slug="one", **values)
    assert refused.value.field == "slug"


@pytest.mark.parametrize("polygon", [[[1, 2], [3, 4]], [[1, 2], [3], [4, 5]], [[99, 0]] * 3])
def test_a_broken_outline_is_refused(app: Flask, polygon: list[list[float]]) -> None:
    with pytest.raises(FieldError) as refused:
        neighbourhood(polygon=polygon)
    assert refused.value.field == "polygon"


def test_a_middle_that_is_not_on_earth_is_refused(app: Flask) -> None:
    with pytest.raises(FieldError):
        neighbourhood(centre=Point(91, 0))


def test_a_point_lies_in_its_outline_or_in_the_nearest(app: Flask) -> None:
    square = [[30.0, 103.0], [30.0, 103.1], [30.1, 103.1], [30.1, 103.0]]
    drawn = neighbourhood(polygon=square, centre=Point(30.05, 103.05))
    near = neighbourhood(centre=XIPU)
    at = queries.neighbourhood_at
    assert at(Point(30.09, 103.09)).id == drawn.id  # type: ignore[union-attr]
    assert at(Point(XIPU.lat + 0.01, XIPU.lng)).id == near.id  # type: ignore[union-attr]
    assert at(Point(0, 0)) is None


def test_an_unknown_neighbourhood_is_not_found(app: Flask) -> None:
    with pytest.raises(NotFoundError):
        queries.neighbourhood(99)
