"""An HTTP proxy on loopback that answers for a whole small web: the demo's, and the tests' main fixture.

    with serve(FOLDER) as site:
        …  # crawl with http_proxy set to site.proxy
        site.requests

It answers absolute-form requests (`GET http://host.example/path`) from a Web and never reaches any other machine.
Plain HTTP only: a CONNECT, which is how a client asks for TLS, gets 501. Connections are kept alive, one thread each.
"""

from __future__ import annotations

import hashlib
import socket
import socketserver
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.utils import format_datetime
from http import HTTPStatus
from pathlib import Path

from pipeline.demo.web import Answer, Web

__all__ = ["Request", "Site", "Web", "serve"]

RESET_ON_CLOSE = struct.pack("ii", 1, 0)
REASONS = {status.value: status.phrase for status in HTTPStatus}


@dataclass(frozen=True, slots=True)
class Request:
    """One request as the server saw it. `time` in seconds since the epoch; `bytes` of body sent; `status` 0: none."""

    time: float
    method: str
    url: str
    status: int
    bytes: int
    user_agent: str
    if_none_match: str
    if_modified_since: str


class Site:
    """A web being served. `web.change(url, …)` takes effect at once."""

    def __init__(self, web: Web, proxy: str) -> None:
        self.web = web
        self.proxy = proxy
        self._requests: list[Request] = []
        self._lock = threading.Lock()

    @property
    def requests(self) -> list[Request]:
        """The requests answered so far, in order of their answers; a hanging one is there from its arrival."""
        with self._lock:
            return list(self._requests)

    def forget(self) -> None:
        """Empty the list of requests."""
        with self._lock:
            self._requests.clear()

    def record(self, request: Request) -> None:
        """Called by the server."""
        with self._lock:
            self._requests.append(request)


@contextmanager
def serve(web: Path | Web, port: int = 0) -> Iterator[Site]:
    """Serve a web, or the folder of one, on 127.0.0.1; port 0 takes a free one. Leaving ends every connection."""
    with _Server(web if isinstance(web, Web) else Web.from_folder(web), port) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, name="demo web")
        thread.start()
        try:
            yield server.site
        finally:
            server.closing.set()
            server.shutdown()
            thread.join()
            server.cut()


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    request_queue_size = 512
    daemon_threads = False  # leaving waits for the threads, so that none outlives its test

    def __init__(self, web: Web, port: int) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.site = Site(web, f"http://127.0.0.1:{self.server_address[1]}")
        self.closing = threading.Event()
        self.connections: set[socket.socket] = set()
        self.lock = threading.Lock()

    def process_request(self, request: socket.socket | tuple[bytes, socket.socket], client_address: object) -> None:
        if isinstance(request, socket.socket):
            request.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with self.lock:
                self.connections.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: socket.socket | tuple[bytes, socket.socket]) -> None:
        if isinstance(request, socket.socket):
            with self.lock:
                self.connections.discard(request)
        super().shutdown_request(request)

    def cut(self) -> None:
        """End the connections that clients keep open."""
        with self.lock:
            for connection in self.connections:
                try:
                    connection.shutdown(socket.SHUT_RDWR)
                except OSError:  # the client was quicker
                    continue


class _Handler(socketserver.StreamRequestHandler):
    server: _Server

    def handle(self) -> None:
        try:
            while not self.server.closing.is_set() and self.exchange():
                pass
        except (ConnectionError, ValueError):  # the client left, or does not speak HTTP
            return

    def exchange(self) -> bool:
        """One request and its answer; False when the connection ends with it."""
        line = self.rfile.readline(65536).decode("latin-1").split()
        if not line:
            return False
        method, target, version = line
        asked: dict[str, str] = {}
        while (header := self.rfile.readline(65536).decode("latin-1").strip()) != "":
            name, _, value = header.partition(":")
            asked[name.lower()] = value.strip()
        self.rfile.read(int(asked.get("content-length", 0)))
        keep = version != "HTTP/1.0" and asked.get("connection", "").lower() != "close"
        if method == "CONNECT":
            self.wfile.write(b"HTTP/1.1 501 Not Implemented\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            return False
        url = target if not target.startswith("/") else f"http://{asked.get('host', '')}{target}"
        return self.reply(method, url.partition("#")[0], asked) and keep

    def reply(self, method: str, url: str, asked: dict[str, str]) -> bool:
        answer = self.server.site.web.answer(url)
        if answer.fault in ("hang", "reset"):
            self.note(method, url, asked, 0, 0)
        if answer.delay or answer.fault == "hang":
            closing = self.server.closing.wait(None if answer.fault == "hang" else answer.delay)
            if closing:
                return False
        if answer.fault == "reset":
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
            self.connection.close()
            return False
        status, body, headers = conditional(answer, asked)
        head = f"HTTP/1.1 {status} {REASONS.get(status, 'Status')}\r\n"
        head += "".join(f"{name}: {value}\r\n" for name, value in headers.items()) + "\r\n"
        sent = b"" if method == "HEAD" else body
        if answer.fault == "truncate":
            sent = sent[: len(sent) // 2]
        self.note(method, url, asked, status, len(sent))
        self.wfile.write(head.encode("latin-1") + sent)
        return answer.fault != "truncate"

    def note(self, method: str, url: str, asked: dict[str, str], status: int, size: int) -> None:
        names = ("user-agent", "if-none-match", "if-modified-since")
        agent, match, since = (asked.get(name, "") for name in names)
        self.server.site.record(Request(time.time(), method, url, status, size, agent, match, since))


def conditional(answer: Answer, asked: dict[str, str]) -> tuple[int, bytes, dict[str, str]]:
    """Status, body and headers of an answer to a request with these headers (lower-case names): 304 where it holds."""
    status, body = answer.status, answer.body
    etag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
    modified = format_datetime(answer.modified, usegmt=True)
    match, since = asked.get("if-none-match"), asked.get("if-modified-since")
    same = since == modified if match is None else match == etag
    if status == 200 and same:
        status, body = 304, b""
    headers = {"Content-Type": answer.type, "Content-Length": str(len(body)), "ETag": etag, "Last-Modified": modified}
    return status, body, headers | dict(answer.headers)
