"""Settings are typed, and a bad one is refused at start by its name."""

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from app.core.settings import SettingError, from_environment


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("LINLI_CURRENCY", "YUAN"),
        ("LINLI_TIMEZONE", "Chengdu"),
        ("LINLI_BASE_URL", "town.example"),
        ("LINLI_TRUSTED_PROXIES", "-1"),
        ("LINLI_TRUSTED_PROXIES", "two"),
        ("LINLI_SEEN_SECONDS", "0"),
        ("LINLI_REDIS_URL", "localhost:6379"),
        ("LINLI_MEDIA_URL", "/var/pictures"),
        ("LINLI_MAIL_URL", "mail.example:25"),
        ("LINLI_MAIL_URL", ""),
        ("LINLI_MAIL_FROM", "the town"),
        ("LINLI_SMS_URL", "sms.example"),
        ("LINLI_PHONE_COUNTRY", "+86"),
        ("LINLI_GEOCODER_URL", "nominatim.example"),
        ("LINLI_SQLITE_SYNCHRONOUS", "OFF"),
        ("LINLI_DATABASE_URL", "mysql://x"),
        ("LINLI_SECRET_KEY", "short"),
        ("LINLI_LANGUAGE", "fr"),
        ("LINLI_JOBS_EMBEDDED", "perhaps"),
    ],
)
def test_a_bad_value_is_refused_by_name(tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(SettingError, match=name):
        from_environment({"LINLI_INSTANCE": str(tmp_path), name: value})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("LINLI_REDIS_URL", "redis://127.0.0.1:6379/0"),
        ("LINLI_MEDIA_URL", "s3://key:secret@town/pictures?endpoint=http://127.0.0.1:9000"),
        ("LINLI_MAIL_URL", "smtps://me:word@mail.example:465"),
        ("LINLI_MAIL_FROM", "Our town <town@town.example>"),
        ("LINLI_SMS_URL", "https://sms.example/send"),
        ("LINLI_PHONE_COUNTRY", "49"),
        ("LINLI_GEOCODER_URL", ""),
        ("LINLI_SQLITE_SYNCHRONOUS", "NORMAL"),
    ],
)
def test_a_good_value_is_kept_as_given(tmp_path: Path, name: str, value: str) -> None:
    kept = from_environment({"LINLI_INSTANCE": str(tmp_path), name: value})
    assert getattr(kept, name.removeprefix("LINLI_").lower()) == value


def test_what_lives_in_the_instance_folder_is_made_once(tmp_path: Path) -> None:
    first = from_environment({"LINLI_INSTANCE": str(tmp_path)})
    assert from_environment({"LINLI_INSTANCE": str(tmp_path)}).secret_key == first.secret_key
    assert first.database_url == f"sqlite:///{tmp_path / 'linli.db'}"


def test_programs_that_start_at_once_agree_on_one_key(tmp_path: Path) -> None:
    start = threading.Barrier(8)

    def key(_number: int) -> str:
        start.wait()
        return from_environment({"LINLI_INSTANCE": str(tmp_path)}).secret_key

    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(key, range(8)))
    assert len(keys) == 1
    assert (tmp_path / "secret_key").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["secret_key"]


def test_no_secret_shows_where_settings_are_printed(tmp_path: Path) -> None:
    env = {"LINLI_INSTANCE": str(tmp_path), "LINLI_MAIL_URL": "smtps://me:word@mail.example"}
    printed = repr(from_environment(env))
    assert "currency='CNY'" in printed
    assert "word@" not in printed
    assert "secret_key" not in printed


def test_a_key_of_digits_stays_text(tmp_path: Path) -> None:
    env = {"LINLI_INSTANCE": str(tmp_path), "LINLI_SECRET_KEY": "13800000000138000"}
    assert from_environment(env).secret_key == "13800000000138000"


def test_an_unwritable_folder_is_named(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    with pytest.raises(SettingError, match="LINLI_INSTANCE"):
        from_environment({"LINLI_INSTANCE": str(blocked / "instance")})
