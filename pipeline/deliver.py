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
import smtplib
import ssl
import subprocess
import tomllib
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass, field
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit
from xml.etree.ElementTree import ParseError

from pipeline.digest import Digest, clean
from pipeline.home import Mail
from pipeline.layout import LANGUAGES, Layout, laid_out
from pipeline.records import MistakeError
from pipeline.render import FORMATS, to_atom, to_html, to_json, to_text

TIMEOUT = 30.0  # seconds that a receiver has to answer
SECRET = re.compile(r"\$\{(\w+)\}")
# Characters that a service takes in one message.
LIMITS = {"slack": 12_000, "mattermost": 16_000, "discord": 2_000}
FILES = {".txt": "text", ".md": "markdown", ".html": "html", ".json": "json", ".csv": "csv"}


class UndeliveredError(Exception):
    """It did not arrive, and why, without secrets. `passing`: it may well arrive later with nobody doing anything."""

    def __init__(self, why: str, *, passing: bool) -> None:
        super().__init__(why)
        self.passing = passing


@dataclass(frozen=True, slots=True)
class Post:
    """What delivery needs: the home's folder, the mail settings, the secrets by name, seconds of patience."""

    folder: Path
    mail: Mail = field(default_factory=Mail)
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    timeout: float = TIMEOUT


def shown(channel: str) -> str:
    """A channel as it may stand in a log: of an address of the web, the host only."""
    if channel.startswith(("mailto:", "file:")) or channel == "terminal" or "://" not in channel:
        return channel.partition(" ")[0]
    kind, _, rest = channel.rpartition("://")
    return f"{kind}://{urlsplit('//' + rest).hostname or '…'}/…"


def read_secrets(folder: Path, environ: Mapping[str, str]) -> dict[str, str]:
    """The home's secrets.toml under the environment. Raises MistakeError when others can read the file."""
    path = folder / "secrets.toml"
    if not path.exists():
        return dict(environ)
    if os.name == "posix" and path.stat().st_mode & 0o077:
        raise MistakeError(f"{path}: others can read it; say: chmod 600 {shlex.quote(str(path))}")
    try:
        said = tomllib.loads(path.read_text("utf-8"))
    except tomllib.TOMLDecodeError as fault:
        raise MistakeError(f"{path}: {fault}") from None
    if wrong := [key for key, value in said.items() if not isinstance(value, str)]:
        raise MistakeError(f'{path}: {", ".join(wrong)}: a secret is a text, NAME = "…"')
    return {**said, **environ}


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
        raise UndeliveredError(f"no secret {name}: set it in the environment or in secrets.toml", passing=False)
    return post.secrets[name]


def message(digest: Digest, name: str, sender: str, receiver: str) -> EmailMessage:
    """The digest as a mail: text and HTML, in one message that says it was made by a machine."""
    mail = EmailMessage()
    host = Address(addr_spec=sender).domain or "localhost"
    mail["Subject"] = laid_out(digest).subject
    mail["From"] = Address("Vigie", addr_spec=sender)
    mail["To"] = receiver
    mail["Date"] = format_datetime(digest.made_at)
    mail["Message-ID"] = f"<{name}@{host}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail["Content-Language"] = digest.language
    mail.set_content(to_text(digest))
    mail.add_alternative(to_html(digest), subtype="html")
    return mail


def _mail(channel: str, name: str, digest: Digest, post: Post) -> None:
    receiver, mail = channel.removeprefix("mailto:"), post.mail
    here = _is_here(mail.host)
    tls = mail.tls or ("none" if here else "starttls")
    if tls == "none" and not here:
        raise UndeliveredError(f"mail to {mail.host} would go unencrypted: set tls in [mail]", passing=False)
    port = mail.port or {"tls": 465, "starttls": 587}.get(tls, 25)
    sender = mail.sender or (mail.user if "@" in mail.user else "") or "vigie@localhost"
    letter = message(digest, name, sender, receiver)
    try:
        with closing(_server(mail, port, tls, post.timeout)) as server:
            if mail.user:
                server.login(mail.user, post.secrets.get("VIGIE_SMTP_PASSWORD", ""))
            server.send_message(letter)
            with suppress(OSError, smtplib.SMTPException):  # it has arrived, however we part
                server.quit()
    except ssl.SSLCertVerificationError as fault:
        raise UndeliveredError(f"{mail.host}: {fault.verify_message}", passing=False) from None
    except smtplib.SMTPRecipientsRefused as fault:
        code, said = next(iter(fault.recipients.values()))
        raise UndeliveredError(f"{mail.host}: {code} {_word(said)}", passing=code < 500) from None
    except smtplib.SMTPResponseException as fault:
        why = f"{mail.host}: {fault.smtp_code} {_word(fault.smtp_error)}"
        raise UndeliveredError(why, passing=fault.smtp_code < 500) from None
    except smtplib.SMTPNotSupportedError as fault:
        raise UndeliveredError(f"{mail.host}: {fault}", passing=False) from None
    except (OSError, smtplib.SMTPException) as fault:
        raise UndeliveredError(f"{mail.host}: {fault}", passing=True) from None


def _server(mail: Mail, port: int, tls: str, timeout: float) -> smtplib.SMTP:
    """A connection to the mail server, encrypted where it is to be; the certificate is checked."""
    secure = ssl.create_default_context()
    if tls == "tls":
        return smtplib.SMTP_SSL(mail.host, port, timeout=timeout, context=secure)
    server = smtplib.SMTP(mail.host, port, timeout=timeout)
    if tls == "starttls":
        server.starttls(context=secure)
    return server


def _is_here(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


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
            return "\n".join([*lines, f"… {LANGUAGES[page.language].counted('others', len(items) - at)}"])
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
        raise UndeliveredError("the webhook's address is none of http(s)", passing=False)
    headers = {"Content-Type": "application/json", "User-Agent": "Vigie", "Idempotency-Key": name}
    request = urllib.request.Request(url, json.dumps(said).encode(), headers, method="POST")  # noqa: S310 (checked)
    try:
        with urllib.request.build_opener(_NoRedirect).open(request, timeout=post.timeout) as answer:
            answer.read(1 << 16)
    except urllib.error.HTTPError as fault:
        passing = fault.code >= 500 or fault.code in {408, 425, 429}
        raise UndeliveredError(f"{host}: HTTP {fault.code}", passing=passing) from None
    except (urllib.error.URLError, OSError) as fault:
        reason = getattr(fault, "reason", fault)
        passing = not isinstance(reason, ssl.SSLCertVerificationError)
        raise UndeliveredError(f"{host}: {_word(str(reason))}", passing=passing) from None


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
        raise UndeliveredError(f"{path}: {fault.strerror}", passing=False) from None
    except ParseError as fault:
        raise UndeliveredError(f"{path}: no feed ({fault}); move it away", passing=False) from None


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
        raise UndeliveredError(f"{words[0]}: takes more than {post.timeout * 2:g} s", passing=True) from None
    except OSError as fault:
        raise UndeliveredError(f"{words[0]}: {fault.strerror}", passing=False) from None
    if done.returncode:
        why = f"{words[0]}: exit code {done.returncode} {_word(done.stderr)}"
        raise UndeliveredError(why.strip(), passing=done.returncode == 75)


def _apprise(channel: str, name: str, digest: Digest, post: Post) -> None:
    try:
        import apprise  # type: ignore[import-not-found,unused-ignore] # noqa: PLC0415 (an extra)
    except ImportError:
        why = f"« {channel.partition('://')[0]}:// » needs apprise: pip install 'vigie[apprise]'"
        raise UndeliveredError(why, passing=False) from None
    service = apprise.Apprise()
    if not service.add(channel):
        raise UndeliveredError(f"{shown(channel)}: apprise does not know this address", passing=False)
    if not service.notify(title=laid_out(digest).subject, body=to_text(digest), body_format=apprise.NotifyFormat.TEXT):
        raise UndeliveredError(f"{shown(channel)}: apprise could not deliver", passing=True)


def _word(said: bytes | str) -> str:
    """What the other side answered, on one short line that commands no terminal."""
    return clean(said.decode("utf-8", "replace") if isinstance(said, bytes) else said)[:200]
