"""What kept us from an answer, in the failures table's words. Whatever is not the world's fault stays an exception."""

from __future__ import annotations

import re

from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
    ResponseDataLossError,
    UnsupportedURLSchemeError,
)

REFUSED = frozenset({401, 402, 403, 406, 429, 451})
GONE = frozenset({404, 410})
_WORDS = (
    (CannotResolveHostError, "dns"),
    (DownloadConnectionRefusedError, "connection"),
    (DownloadTimeoutError, "timeout"),
    (DownloadCancelledError, "too_large"),
    (ResponseDataLossError, "truncated"),
    (UnsupportedURLSchemeError, "not_http"),
    (DownloadFailedError, "connection"),
    (IgnoreRequest, "redirects"),
    (OSError, "connection"),
)
# How libraries tell what is wrong with a certificate, and what it is.
_CERTIFICATES = (
    (re.compile(r"DNSMismatch|IPAddressMismatch|SRVMismatch|URIMismatch|hostname mismatch"), "it is not for this host"),
    (re.compile(r"certificate.has.expired"), "it has expired"),
    (re.compile(r"not.yet.valid"), "it is not valid yet"),
    (
        re.compile(r"self.signed|unable.to.get.local.issuer|certificate.verify.failed|unknown.ca"),
        "nobody known signed it",
    ),
)
_WRAPPED = re.compile(r"<twisted\.python\.failure\.Failure [\w.]+: (.*?)>(?=\]|, <|$)")
WORLD = tuple(kind for kind, _ in _WORDS)
"""What a request can end with that is no fault of ours."""


class RefusedError(IgnoreRequest):
    """A request that is not made. `reason` is a word of the failures table; `detail` is for a person.

    `host` is set when all of that host is left alone for this crawl: one row says so, and its pages stay due.
    """

    def __init__(self, reason: str, detail: str, host: str = "") -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason, self.detail, self.host = reason, detail, host


def explain(error: BaseException | None) -> tuple[str, str]:
    """A word and a detail for what ended a request without an answer. Raises what is a fault of ours."""
    if error is None:
        raise ValueError("a failure without an exception")
    for known in (error, error.__cause__, error.__context__):
        if isinstance(known, RefusedError):
            return known.reason, known.detail
    detail = " ".join(str(error).split()) or type(error).__name__
    if "SSL" in detail or "certificate" in detail or "VerificationError" in detail:
        return "tls", next((said for sign, said in _CERTIFICATES if sign.search(detail)), "the handshake fails")
    detail = ", ".join(_WRAPPED.findall(detail)) or detail
    for kind, word in _WORDS:
        if isinstance(error, kind):
            return word, detail[:300]
    raise error


def explain_status(status: int) -> tuple[str, str]:
    """A word and a detail for an answer that is no 200 and no 304."""
    if status in REFUSED:
        word = "refused"
    elif status in GONE:
        word = "not_found"
    elif status < 300:
        word = "no_content"
    elif status < 400:
        word = "redirects"
    else:
        word = "server_error" if status >= 500 else "refused"
    return word, f"HTTP {status}"
