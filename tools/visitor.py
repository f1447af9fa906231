"""A visitor without a browser: keeps cookies, reads forms, sends them as a page would."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.client import HTTPConnection, HTTPException
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit


@dataclass
class Form:
    """One form of a page: where it goes, how, and what is filled in."""

    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[Form] = []
        self._open: Form | None = None
        self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._open = Form(given.get("action", ""), given.get("method", "get").lower())
            self.found.append(self._open)
        if self._open is None or "disabled" in given:
            return
        if tag == "input":
            self._input(self._open, given)
        elif tag == "textarea":
            self._open.fields[given.get("name", "")] = ""
        elif tag == "select":
            self._select = given.get("name", "")
        elif (
            tag == "option"
            and self._select
            and ("selected" in given or self._select not in self._open.fields)
        ):
            self._open.fields[self._select] = given.get("value", "")

    @staticmethod
    def _input(form: Form, given: dict[str, str]) -> None:
        kind, name = given.get("type", "text"), given.get("name", "")
        if not name or kind in {"submit", "image", "file", "button"}:
            return
        if kind in {"radio", "checkbox"} and "checked" not in given:
            if kind == "radio":
                form.fields.setdefault(name, given.get("value", "on"))
            return
        form.fields[name] = given.get("value", "on" if kind == "checkbox" else "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None
        elif tag == "select":
            self._select = ""


@dataclass
class Answer:
    """What came back, after redirects."""

    status: int
    path: str
    headers: dict[str, str]
    text: str

    def form(self, action: str = "", **having: Any) -> Form:
        """Return the first posting form whose address matches `action`, with these fields."""
        parser = _Forms()
        parser.feed(self.text)
        for form in parser.found:
            fits = re.search(action, form.action or self.path)
            if form.method == "post" and fits and having.keys() <= form.fields.keys():
                return Form(form.action or self.path, form.method, dict(form.fields))
        said = f"{self.path} ({self.status}) has no form to {action!r}"
        raise AssertionError(f"{said}:\n{self.text[:4000]}")


class Visitor:
    """Keeps one connection and its cookies; follows redirects after a POST as a browser does."""

    def __init__(self, address: str, timeout: float = 60) -> None:
        self.origin = address.rstrip("/")
        self.connection = HTTPConnection(urlsplit(address).netloc, timeout=timeout)
        self.cookies: dict[str, str] = {}
        self.requests = 0

    def __del__(self) -> None:
        """Hang up."""
        self.connection.close()

    def get(self, path: str) -> Answer:
        """Fetch a page, following redirects."""
        return self._followed("GET", path, None)

    def post(self, path: str, fields: dict[str, Any]) -> Answer:
        """Send fields as a form of our own page would, following the redirect."""
        return self._followed("POST", path, urlencode(fields, doseq=True).encode())

    def send(self, form: Form, **fields: Any) -> Answer:
        """Send a page's form with these fields changed."""
        return self.post(form.action, form.fields | fields)

    def _followed(self, method: str, path: str, body: bytes | None) -> Answer:
        for _ in range(6):
            answer = self.once(method, path, body)
            if answer.status not in {301, 302, 303}:
                return answer
            path = urljoin(path, answer.headers["location"])
            path = path.removeprefix(self.origin)
            method, body = "GET", None
        raise AssertionError(f"redirected in a ring at {path}")

    def once(self, method: str, path: str, body: bytes | None = None, **headers: str) -> Answer:
        """Send one request, no redirect followed; a GET on a closed connection is tried again."""
        sent = {"Origin": self.origin, "Accept": "text/html", "Accept-Language": "en"} | headers
        if self.cookies:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if body is not None:
            sent["Content-Type"] = "application/x-www-form-urlencoded"
        self.requests += 1
        try:
            self.connection.request(method, path, body, sent)
            answer = self.connection.getresponse()
        except (HTTPException, ConnectionResetError, BrokenPipeError):
            self.connection.close()
            if method != "GET":
                raise
            self.connection.request(method, path, body, sent)
            answer = self.connection.getresponse()
        text = answer.read().decode("utf-8", "replace")
        for line in answer.headers.get_all("Set-Cookie") or []:
            name, _, value = line.split(";", 1)[0].partition("=")
            if value and "max-age=0" not in line.lower():
                self.cookies[name] = value
            else:
                self.cookies.pop(name, None)
        return Answer(answer.status, path, {k.lower(): v for k, v in answer.headers.items()}, text)
