"""A digest to where it is to go: mail, webhook, file, command, and whatever apprise knows.

A channel is a text of vigie.toml; `${NAME}` in it stands for a secret, which comes from the environment or from the
home's secrets.toml (mode 600): it is on no command line, in no log and in no database. Each delivery carries the
digest's id, by which a receiver can tell that it has it already: a mail's Message-ID, a webhook's Idempotency-Key.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import ssl
import subprocess
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from urllib.parse import urlsplit
from xml.etree.ElementTree import ParseError

from pipeline.digest import Digest
from pipeline.telling.layout import Layout, laid_out
from pipeline.telling.mail import message, send_mail, sender_of
from pipeline.telling.post import Post, UndeliveredError, answered, shown
from pipeline.telling.render import FORMATS, to_atom, to_json, to_text
from pipeline.telling.tongue import Count, Tongue

SECRET = re.compile(r"\$\{(\w+)\}")
# Characters that a service takes in one message.
LIMITS = {"slack": 12_000, "mattermost": 16_000, "discord": 2_000}
FILES = {".txt": "text", ".md": "markdown", ".html": "html", ".json": "json", ".csv": "csv"}


def deliver(channel: str, name: str, digest: Digest, post: Post) -> None:
    """Send a digest, whose id is `name`, through a channel. Raises UndeliveredError."""
    told = SECRET.sub(lambda found: _secret(post, found[1]), channel)
    kind = told.partition(":")[0]
    ways: Mapping[str, Callable[[str, str, Digest, Post], None]] = {
        "mailto": _mail,
        "http": _webhook,
        "https": _webhook,
        "slack": _chat,
        "mattermost": _chat,
        "discord": _chat,
        "file": _file,
        "command": _command,
    }
    ways.get(kind, _apprise)(told, name, digest, post)


def _secret(post: Post, name: str) -> str:
    if name not in post.secrets:
        raise UndeliveredError("no_secret", name=name, passing=False)
    return post.secrets[name]


def _mail(channel: str, name: str, digest: Digest, post: Post) -> None:
    receiver = channel.removeprefix("mailto:")
    send_mail(message(digest, name, sender_of(post.mail), receiver), post)


def _webhook(channel: str, name: str, digest: Digest, post: Post) -> None:
    page = laid_out(digest)
    said = {"id": name, "watch": digest.watch, "subject": page.subject, "digest": json.loads(to_json(digest))}
    _send(channel, name, said, post)


def _chat(channel: str, name: str, digest: Digest, post: Post) -> None:
    kind, _, url = channel.partition(":")
    words = _short(laid_out(digest), kind)
    said: dict[str, object] = {"text": words}
    if kind == "discord":  # and nobody is called by an article's title
        said = {"content": words, "allowed_mentions": {"parse": []}}
    _send(url, name, said, post)


def _short(page: Layout, kind: str) -> str:
    """The headline and a line an article, as many as the service takes in one message, and how many were left out."""
    lines = [_safe(page.subject, kind)]
    items = [(section.title, item) for section in page.sections for item in section.items]
    place, room = "", LIMITS[kind] - 100
    for at, (title, item) in enumerate(items):
        link = item.link.translate({ord(c): f"%{ord(c):02X}" for c in "<>|()"})
        name = _safe(item.title, kind).replace("|", "/")
        named = f"<{link}|{name}>" if kind == "slack" else f"[{name}](<{link}>)" if link else name
        new = [f"\n*{_safe(title, kind)}*"] if title != place else []
        new.append(f"• {named if link else name} ({_safe(' · '.join(item.facts[:2]), kind)})")
        if sum(map(len, lines + new)) + len(lines + new) > room:
            return "\n".join([*lines, f"… {Tongue(page.language).counted('others', len(items) - at)}"])
        lines, place = lines + new, title
    return "\n".join(lines)


def _safe(words: str, kind: str) -> str:
    """Words of the web that neither mark up nor call anyone."""
    if kind == "slack":
        return words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return re.sub(r"([\\`*_\[\]<>#~|])", r"\\\1", words).replace("@", "@\u200b")


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *asked: object) -> None:
        """A digest goes where it was told to go, or nowhere."""


def _send(url: str, name: str, said: Mapping[str, object], post: Post) -> None:
    parts = urlsplit(url)
    host = parts.hostname or ""
    if parts.scheme not in {"http", "https"} or not host:
        raise UndeliveredError("not_of_the_web", passing=False)
    headers = {"Content-Type": "application/json", "User-Agent": "Vigie", "Idempotency-Key": name}
    request = urllib.request.Request(url, json.dumps(said).encode(), headers, method="POST")  # noqa: S310 (checked)
    try:
        with urllib.request.build_opener(_NoRedirect).open(request, timeout=post.timeout) as answer:
            answer.read(1 << 16)
    except urllib.error.HTTPError as fault:
        passing = fault.code >= 500 or fault.code in {408, 425, 429}
        raise UndeliveredError("answered", where=host, answer=f"HTTP {fault.code}", passing=passing) from None
    except (urllib.error.URLError, OSError) as fault:
        reason = getattr(fault, "reason", fault)
        passing = not isinstance(reason, ssl.SSLCertVerificationError)
        raise UndeliveredError("answered", where=host, answer=answered(str(reason)), passing=passing) from None


def _file(channel: str, name: str, digest: Digest, post: Post) -> None:
    """A feed keeps what it had; a file of another kind holds the last digest. Replaced at once, by a rename."""
    path = post.folder / channel.removeprefix("file:").removeprefix("//")
    part = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.suffix in FILES:
            said = FORMATS[FILES[path.suffix]](digest)
        else:
            said = to_atom(digest, path.read_text("utf-8") if path.exists() else None)
        part.write_text(said, "utf-8")
        part.replace(path)
    except OSError as fault:
        raise UndeliveredError("answered", where=path, answer=fault.strerror, passing=False) from None
    except ParseError as fault:
        raise UndeliveredError("no_feed", path=path, fault=fault, passing=False) from None


def _command(channel: str, name: str, digest: Digest, post: Post) -> None:
    """The digest's JSON on its standard input; no shell. Exit code 75 means: try again later."""
    words = shlex.split(channel.removeprefix("command:"))
    environ = {**os.environ, "VIGIE_DIGEST_ID": name, "VIGIE_WATCH": digest.watch}
    try:
        done = subprocess.run(  # noqa: S603 (the user's own command, no shell)
            words, input=to_json(digest).encode(), capture_output=True, timeout=post.timeout * 2, env=environ,
            cwd=post.folder, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        limit = Count("seconds", round(post.timeout * 2))
        raise UndeliveredError("too_slow", command=words[0], limit=limit, passing=True) from None
    except OSError as fault:
        raise UndeliveredError("answered", where=words[0], answer=fault.strerror, passing=False) from None
    if done.returncode:
        answer = answered(done.stderr)
        why = "exit_code_said" if answer else "exit_code"
        raise UndeliveredError(
            why, command=words[0], code=done.returncode, answer=answer, passing=done.returncode == 75
        )


def _apprise(channel: str, name: str, digest: Digest, post: Post) -> None:
    try:
        import apprise  # noqa: PLC0415 (an extra)
    except ImportError:
        raise UndeliveredError("needs_apprise", kind=channel.partition("://")[0], passing=False) from None
    service = apprise.Apprise()
    # In several messages where a service takes no more in one; a user may say otherwise.
    cut = "" if "overflow=" in channel else f"{'&' if '?' in channel else '?'}overflow=split"
    if not service.add(channel + cut):
        raise UndeliveredError("unknown_to_apprise", channel=shown(channel), passing=False)
    if not service.notify(title=laid_out(digest).subject, body=to_text(digest), body_format=apprise.NotifyFormat.TEXT):
        raise UndeliveredError("not_by_apprise", channel=shown(channel), passing=True)
