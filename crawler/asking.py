"""How a door and a page are asked for: the requests, and what of their answers the crawler looks at."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.http import Response

from crawler.spiders.doors import Answer, Door
from crawler.visits import Freshness, Page, Validators

# Every answer comes to the callbacks, redirects excepted: those are followed.
EVERY_STATUS = [304, *range(400, 600)]
DOOR_PRIORITY = 1000
LARGE_TIMEOUT = 600.0  # seconds: 60 MB at a tenth of a MB per second


def ask_door(
    door: Door, known: Validators | None, callback: Callable[..., Any], errback: Callable[..., Any]
) -> Request:
    """The request for a door, on behalf of all sources that read it."""
    # A page that is watched for change is no way in: its answer is itself what is to be read.
    role = "page" if door.kind == "page" else "door"
    large = {"download_maxsize": door.maxsize, "download_timeout": LARGE_TIMEOUT} if door.maxsize else {}
    return Request(
        door.url,
        callback=callback,
        errback=errback,
        cb_kwargs={"door": door},
        headers=_conditional(known.etag, known.last_modified) if known else {},
        meta=_meta(tuple(source.key for source in door.sources), door.kind, role) | large,
        priority=DOOR_PRIORITY,
        dont_filter=True,
    )


def ask_page(page: Page, callback: Callable[..., Any], errback: Callable[..., Any]) -> Request:
    """The request for a page, with the validators of its last answer."""
    return Request(
        page.url,
        callback=callback,
        errback=errback,
        cb_kwargs={"page": page},
        headers=_conditional(page.etag, page.last_modified) if page.fetched_at else {},
        meta=_meta((page.source,), page.door, "page") | {"hint": page.hint, "via": page.via},
        dont_filter=True,
    )


def answer_of(response: Response) -> Answer:
    """What a reader needs of an answer."""
    return Answer(response.url, response.body, _text(response, "Content-Type"))


def freshness(response: Response) -> Freshness:
    """What the server said of freshness: ETag and Last-Modified."""
    return _text(response, "ETag") or None, _text(response, "Last-Modified") or None


def sent_home(response: Response, asked: str) -> bool:
    """Whether a redirect led to a home page from an address that is none."""
    return urlsplit(response.url).path in {"", "/"} and urlsplit(asked).path not in {"", "/"}


def _meta(sources: tuple[str, ...], door: str, role: str) -> dict[str, Any]:
    return {"sources": sources, "door": door, "role": role, "handle_httpstatus_list": EVERY_STATUS}


def _conditional(etag: str | None, modified: str | None) -> dict[str, str]:
    headers = {"If-None-Match": etag, "If-Modified-Since": modified}
    return {name: value for name, value in headers.items() if value}


def _text(response: Response, header: str) -> str:
    return (response.headers.get(header) or b"").decode("latin-1")
