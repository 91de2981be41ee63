"""One browser's HTTP: cookies, pages, forms filled in as a person would, JSON with the page's CSRF token."""

import http.client
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from html.parser import HTMLParser
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import SplitResult, urlencode, urljoin, urlsplit

import orjson

from deliberate.errors import DeliberateError, Unavailable
from deliberate.rehearse.wire import connect

_MESSAGE = re.compile(r'role="alert"[^>]*>(.*?)</', re.DOTALL)


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer of the server: its status, where it was found after redirects, and its body."""

    status: int
    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode(errors="replace")

    def json(self) -> Any:
        """The body as JSON. Raises `Unavailable` when it is none."""
        try:
            return orjson.loads(self.body)
        except orjson.JSONDecodeError as why:
            raise Unavailable(f"{self.path} answered {self.status}, and no JSON.", "unexpected") from why


class Visitor:
    """One browser, at the server of an address."""

    def __init__(self, address: SplitResult) -> None:
        self.address = address
        self.cookies: dict[str, str] = {}
        self.csrf = ""

    @property
    def cookie(self) -> str:
        """The cookies as a header."""
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items())

    def get(self, path: str, accept: str = "text/html") -> Answer:
        """Return a page, after its redirects."""
        return self._follow("GET", path, None, {"Accept": accept})

    def json(self, path: str) -> Any:
        """Return what an address answers as JSON. Raises the platform's own refusal."""
        return _accepted(self.get(path, "application/json")).json()

    def send_form(self, path: str, fields: Iterable[tuple[str, str]], accept: str = "text/html") -> Answer:
        """Send a form and return the page that it leads to."""
        body = urlencode([*fields, ("csrf_token", self.csrf)]).encode()
        kind = "application/x-www-form-urlencoded"
        return self._follow("POST", path, body, {"Accept": accept, "Content-Type": kind})

    def send_json(self, path: str, data: Any) -> Any:
        """Send JSON with the CSRF token of the last page, and return the answer. Raises the platform's refusal."""
        headers = {
            "Accept": "application/json",
            "Content-Type": "application/json",
            "X-CSRF-Token": self.csrf,
        }
        return _accepted(self._follow("POST", path, orjson.dumps(data), headers)).json()

    def _follow(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> Answer:
        for _ in range(8):
            answer = self._once(method, path, body, headers)
            self.csrf = _csrf(answer) or self.csrf
            where = answer.headers.get("location")
            if answer.status not in (301, 302, 303) or not where:
                return answer
            target = urlsplit(urljoin(f"{self.address.scheme}://{self.address.netloc}{path}", where))
            path = target.path + (f"?{target.query}" if target.query else "")
            method, body = "GET", None
            headers.pop("Content-Type", None)
        raise Unavailable(f"{path} leads round in circles.", "unexpected")

    def _once(self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]) -> Answer:
        connection = _Connection(self.address)
        origin = f"{self.address.scheme}://{self.address.netloc}"
        own = {"Cookie": self.cookie, "Origin": origin, "Referer": f"{origin}/", "Connection": "close"}
        try:
            connection.request(method, path, body, {**own, **headers})
            response = connection.getresponse()
            data = response.read()
        except (OSError, http.client.HTTPException) as why:
            raise Unavailable(f"{origin} does not answer: {why}.", "no_server") from why
        finally:
            connection.close()
        for line in response.headers.get_all("Set-Cookie") or ():
            self.cookies.update({name: found.value for name, found in SimpleCookie(line).items()})
        return Answer(response.status, path, {k.lower(): v for k, v in response.headers.items()}, data)


class _Connection(http.client.HTTPConnection):
    """A connection that gives way to other greenlets while it waits."""

    def __init__(self, address: SplitResult) -> None:
        super().__init__(address.netloc)
        self._address = address

    def connect(self) -> None:
        self.sock = connect(self._address, 60)


def _accepted(answer: Answer) -> Answer:
    """Return an answer that is none of the platform's refusals; raise the refusal."""
    if answer.status < 400:
        return answer
    try:
        said = orjson.loads(answer.body)
        message, code, detail = said["message"], said["error"], said.get("detail") or {}
    except (orjson.JSONDecodeError, KeyError, TypeError):
        message, code, detail = f"{answer.path} answered {answer.status}.", "unexpected", {}
    refusal = DeliberateError(str(message), str(code), **detail)
    refusal.status = answer.status
    raise refusal


class _Forms(HTMLParser):
    """Collects the forms of a page: what each would send if nobody touched it."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[tuple[str, list[tuple[str, str]]]] = []
        self._select: tuple[str, list[str], list[str]] | None = None
        self._area: tuple[str, list[str]] | None = None
        self._open = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append((given.get("action", ""), []))
            self._open = True
        elif not self._open:
            return
        elif tag == "input" and given.get("name"):
            ticked = given.get("type") not in ("checkbox", "radio") or "checked" in given
            if ticked and given.get("type") not in ("submit", "button", "file"):
                self._add(given["name"], given.get("value", ""))
        elif tag == "select" and given.get("name"):
            self._select = (given["name"], [], [])
        elif tag == "option" and self._select:
            self._select[1].append(given.get("value", ""))
            if "selected" in given:
                self._select[2].append(given.get("value", ""))
        elif tag == "textarea" and given.get("name"):
            self._area = (given["name"], [])

    def handle_data(self, data: str) -> None:
        if self._area is not None:
            self._area[1].append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = False
        elif tag == "select" and self._select:
            name, options, chosen = self._select
            for value in chosen or options[:1]:
                self._add(name, value)
            self._select = None
        elif tag == "textarea" and self._area:
            self._add(self._area[0], "".join(self._area[1]).removeprefix("\n"))
            self._area = None

    def _add(self, name: str, value: str) -> None:
        if name != "csrf_token":
            self.forms[-1][1].append((name, value))


def forms(page: Answer) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the forms of a page as (action, fields as they stand)."""
    reader = _Forms()
    reader.feed(page.text)
    return [(action or page.path, fields) for action, fields in reader.forms]


def said(page: Answer) -> str:
    """Return what a page says is wrong, in its own words; empty when it says nothing."""
    found = _MESSAGE.search(page.text)
    return re.sub(r"<[^>]+>|\s+", " ", found[1]).strip() if found else ""


def _csrf(answer: Answer) -> str:
    if "text/html" not in answer.headers.get("content-type", ""):
        return ""
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"|"csrf": ?"([^"]+)"', answer.text)
    return (found[1] or found[2]) if found else ""


__all__ = ["Answer", "Visitor", "forms", "said"]
