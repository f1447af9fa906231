"""What is checked about the texts of the catalogues."""

import pytest

from app.core.cli import is_sound


@pytest.mark.parametrize("text", ["", "打九折", "%(percent)s %% 的优惠", "共 %(num)s 件"])
def test_a_text_into_which_values_can_be_filled_is_sound(text: str) -> None:
    assert is_sound(text)


@pytest.mark.parametrize("text", ["团长酬劳（%）", "便宜 10%", "便宜 %(percent)s %，到今晚"])
def test_a_percent_sign_that_stands_alone_is_seen(text: str) -> None:
    assert not is_sound(text)
