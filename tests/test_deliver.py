"""Delivery to real receivers on loopback, in all their moods; and everything told exactly once, through 60 bad days."""

from __future__ import annotations

import json
import os
import random
import socket
import ssl
import stat
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from pipeline.deliver import deliver
from pipeline.digest import Digest
from pipeline.home import CHANNEL, Mail, Watch
from pipeline.records import MistakeError
from pipeline.store import reading
from pipeline.telling.journal import Journal, Waiting, identity, journal_at
from pipeline.telling.post import Post, UndeliveredError, read_secrets, shown
from pipeline.telling.tell import TERMINAL, as_of, is_due, mirror, tell
from tests.stored import LABELS, SOURCES, Rows, at
from tests.test_digest import EVIL, HOSTILE, MATCH, MORNING

ID = "0123456789abcdef0123456789abcdef"
PASSWORD = "un mot de passe"
WATCH = Watch("lille", topics=("briefcam", "cnil"), areas=("59350",))


class Box:
    """A mail server's handler: keeps what it takes, refuses as it is told."""

    def __init__(self) -> None:
        self.taken: list[EmailMessage] = []
        self.answer = "250 OK"
        self.rcpt = ""

    async def handle_RCPT(  # noqa: N802 (aiosmtpd's name)
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if not self.rcpt:
            envelope.rcpt_tos.append(address)
        return self.rcpt or "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.answer.startswith("250"):
            assert isinstance(envelope.content, bytes)
            found = message_from_bytes(envelope.content, policy=policy.default)
            assert isinstance(found, EmailMessage)
            self.taken.append(found)
        return self.answer


def check(server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: object) -> AuthResult:
    assert isinstance(data, LoginPassword)
    return AuthResult(success=data.password == PASSWORD.encode(), handled=False)


@contextmanager
def mail_server(box: Box, **more: Any) -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
    controller = Controller(box, hostname="127.0.0.1", port=port, **more)
    controller.start()
    try:
        yield port
    finally:
        controller.stop()


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate of its own for localhost, with its key, in one file."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "localhost.pem"
    plain = serialization.NoEncryption()
    secret = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    path.write_bytes(made.public_bytes(serialization.Encoding.PEM) + secret)
    return path


def served_by(certificate: Path) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    return context


def post_to(port: int, folder: Path = Path(), **more: Any) -> Post:
    return Post(folder, Mail("127.0.0.1", port, **more), timeout=5)


# --- mail --------------------------------------------------------------------------------------------------------


def test_a_mail_has_text_and_html_and_says_what_it_is() -> None:
    box = Box()
    with mail_server(box) as port:
        deliver("mailto:groupe@exemple.fr", ID, HOSTILE, post_to(port, sender="veille@exemple.fr"))
    (mail,) = box.taken
    assert mail["Message-ID"] == f"<{ID}@exemple.fr>" and mail["Auto-Submitted"] == "auto-generated"
    assert mail["To"] == "groupe@exemple.fr" and "veille@exemple.fr" in mail["From"]
    assert mail["Content-Language"] == "fr"
    assert mail["Subject"].startswith("Vigie lille\u00a0: ") and mail["Date"].datetime == MORNING
    text, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert text is not None and html is not None
    assert "CE QUI A ÉTÉ REGARDÉ" in text.get_content() and "<mark>BriefCam</mark>" in html.get_content()


def test_a_hostile_name_makes_no_header() -> None:
    box = Box()
    with mail_server(box) as port:
        deliver("mailto:a@exemple.fr", ID, replace(HOSTILE, watch="x\r\nBcc: y@z.fr"), post_to(port))
    assert box.taken[0]["Bcc"] is None


@pytest.mark.filterwarnings("ignore:Requiring AUTH")
@pytest.mark.parametrize("tls", ["starttls", "tls"])
def test_mail_is_encrypted_and_the_password_is_a_secret(
    tls: str, certificate: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    box = Box()
    context = served_by(certificate)
    more = {"ssl_context": context} if tls == "tls" else {"tls_context": context, "require_starttls": True}
    login = {"authenticator": check, "auth_required": True, "auth_require_tls": tls == "starttls"}
    mail = Mail("localhost", 0, tls, "veille@exemple.fr")
    with mail_server(box, **more, **login) as port:
        post = Post(tmp_path, replace(mail, port=port), {"VIGIE_SMTP_PASSWORD": PASSWORD}, timeout=5)
        with pytest.raises(UndeliveredError, match="certificate") as stranger:
            deliver("mailto:a@exemple.fr", ID, HOSTILE, post)
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        deliver("mailto:a@exemple.fr", ID, HOSTILE, post)
        with pytest.raises(UndeliveredError, match="535") as refused:
            deliver("mailto:a@exemple.fr", ID, HOSTILE, replace(post, secrets={"VIGIE_SMTP_PASSWORD": "faux"}))
    assert len(box.taken) == 1 and not stranger.value.passing and not refused.value.passing
    assert "faux" not in str(refused.value) and PASSWORD not in repr(post)


def test_mail_to_another_machine_does_not_go_unencrypted(tmp_path: Path) -> None:
    with pytest.raises(UndeliveredError, match="unencrypted"):
        deliver("mailto:a@exemple.fr", ID, HOSTILE, Post(tmp_path, Mail("smtp.exemple.fr", 25, "none")))


@pytest.mark.parametrize(("answer", "passing"), [("451 later", True), ("550 never", False)])
@pytest.mark.parametrize("when", ["answer", "rcpt"])
def test_a_refusal_passes_or_stays_as_the_server_says(when: str, answer: str, passing: bool) -> None:
    box = Box()
    setattr(box, when, answer)
    with mail_server(box) as port, pytest.raises(UndeliveredError, match=answer[:3]) as fault:
        deliver("mailto:a@exemple.fr", ID, HOSTILE, post_to(port))
    assert fault.value.passing is passing


def test_no_server_is_a_passing_fault() -> None:
    with mail_server(Box()) as port:
        pass
    with pytest.raises(UndeliveredError) as fault:
        deliver("mailto:a@exemple.fr", ID, HOSTILE, post_to(port))
    assert fault.value.passing


# --- webhooks ----------------------------------------------------------------------------------------------------


class Hook:
    """A receiver of webhooks: what it was sent, and what it answers."""

    def __init__(self) -> None:
        self.bodies: list[dict[str, Any]] = []
        self.keys: list[str | None] = []
        self.status = 200

    def serve(self) -> HTTPServer:
        hook = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if hook.status == 200:
                    hook.bodies.append(json.loads(body))
                    hook.keys.append(self.headers["Idempotency-Key"])
                self.send_response(hook.status)
                self.send_header("Location", "/elsewhere")
                self.end_headers()

            def log_message(self, *said: object) -> None:
                """Nothing is printed."""

        return HTTPServer(("127.0.0.1", 0), Handler)


@pytest.fixture
def hook() -> Iterator[tuple[Hook, str]]:
    here = Hook()
    server = here.serve()
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield here, f"http://127.0.0.1:{server.server_port}/hook"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("no_proxy", "*")


def test_a_webhook_gets_the_digest_and_its_id(hook: tuple[Hook, str]) -> None:
    here, url = hook
    deliver(url, ID, HOSTILE, Post(Path()))
    assert here.keys == [ID] and here.bodies[0]["digest"]["matches"][0]["title"] == EVIL


@pytest.mark.parametrize("kind", ["slack", "mattermost", "discord"])
def test_each_service_has_its_shape_and_nobody_is_called(hook: tuple[Hook, str], kind: str) -> None:
    here, url = hook
    loud = replace(
        MATCH, url="https://a.example/1", title="<!channel> @everyone [x](y) *BriefCam*", article_id="b" * 16
    )
    deliver(f"{kind}:{url}", ID, replace(HOSTILE, matches=(loud,)), Post(Path()))
    said = here.bodies[0].get("text") or here.bodies[0]["content"]
    assert "https://a.example/1" in said and "1\u00a0nouvel article" in said
    assert "<!channel>" not in said and (kind == "slack" or "@everyone" not in said)
    assert kind != "discord" or here.bodies[0]["allowed_mentions"] == {"parse": []}


def test_a_message_is_cut_where_the_service_cuts_and_says_so(hook: tuple[Hook, str]) -> None:
    here, url = hook
    many = tuple(replace(MATCH, title=f"Article {n} " + "x" * 90, article_id=f"{n:016}") for n in range(100))
    deliver(f"discord:{url}", ID, replace(HOSTILE, matches=many), Post(Path()))
    said = here.bodies[0]["content"]
    assert len(said) <= 2000 and said.splitlines()[-1].endswith("autres articles")


@pytest.mark.parametrize(
    ("status", "passing"),
    [(500, True), (503, True), (429, True), (400, False), (403, False), (404, False), (302, False)],
)
def test_a_webhook_that_does_not_take_it(hook: tuple[Hook, str], status: int, passing: bool) -> None:
    here, url = hook
    here.status = status
    with pytest.raises(UndeliveredError, match=str(status)) as fault:
        deliver(f"{url}?token=secret", ID, HOSTILE, Post(Path()))
    assert fault.value.passing is passing and "secret" not in str(fault.value)


def test_a_secret_comes_from_the_environment_or_a_file_that_nobody_else_reads(
    hook: tuple[Hook, str], tmp_path: Path
) -> None:
    here, url = hook
    file = tmp_path / "secrets.toml"
    file.write_text(f'HOOK = "{url}"\n')
    file.chmod(0o644)
    with pytest.raises(MistakeError, match="chmod 600"):
        read_secrets(tmp_path, {})
    file.chmod(0o600)
    deliver("slack:${HOOK}", ID, HOSTILE, Post(tmp_path, secrets=read_secrets(tmp_path, {})))
    assert len(here.bodies) == 1
    assert read_secrets(tmp_path, {"HOOK": "ailleurs"})["HOOK"] == "ailleurs"
    with pytest.raises(UndeliveredError, match="no secret OTHER"):
        deliver("slack:${OTHER}", ID, HOSTILE, Post(tmp_path))


@pytest.mark.parametrize(
    ("channel", "said"),
    [
        ("https://hooks.slack.com/services/T/B/XXX", "https://hooks.slack.com/…"),
        ("slack:https://user:pw@hooks.slack.com/services/XXX", "slack:https://hooks.slack.com/…"),
        ("tgram://123456:token/chat", "tgram://123456/…"),
        ("mailto:a@b.fr", "mailto:a@b.fr"),
        ("slack:${HOOK}", "slack:${HOOK}"),
        ("command:notify --key XXX", "command:notify"),
    ],
)
def test_no_secret_of_a_channel_is_shown(channel: str, said: str) -> None:
    assert CHANNEL.fullmatch(channel) and shown(channel) == said


# --- files, commands, apprise ------------------------------------------------------------------------------------


def test_a_feed_file_grows_and_telling_twice_changes_nothing(tmp_path: Path) -> None:
    deliver("file:out/veille.xml", ID, HOSTILE, Post(tmp_path))
    feed = (tmp_path / "out/veille.xml").read_bytes()
    deliver("file:out/veille.xml", ID, HOSTILE, Post(tmp_path))
    assert (tmp_path / "out/veille.xml").read_bytes() == feed and feed.count(b"<entry>") == 3
    assert [file.name for file in (tmp_path / "out").iterdir()] == ["veille.xml"]


@pytest.mark.parametrize("ending", [".html", ".md", ".txt", ".json", ".csv"])
def test_another_file_holds_the_last_digest_in_its_format(tmp_path: Path, ending: str) -> None:
    deliver(f"file:{tmp_path}/veille{ending}", ID, HOSTILE, Post(Path()))
    assert "BriefCam" in (tmp_path / f"veille{ending}").read_text("utf-8")


def test_a_feed_file_that_is_none_needs_a_person(tmp_path: Path) -> None:
    (tmp_path / "veille.xml").write_text("not a feed")
    with pytest.raises(UndeliveredError, match=r"veille\.xml") as fault:
        deliver("file:veille.xml", ID, HOSTILE, Post(tmp_path))
    assert not fault.value.passing and (tmp_path / "veille.xml").read_text() == "not a feed"


def test_a_command_gets_json_without_a_shell(tmp_path: Path) -> None:
    script = "import os,sys; open('got', 'w').write(os.environ['VIGIE_DIGEST_ID'] + sys.argv[1] + sys.stdin.read())"
    deliver(f"command:{os.sys.executable} -c \"{script}\" '; rm x'", ID, HOSTILE, Post(tmp_path))  # type: ignore[attr-defined]
    got = (tmp_path / "got").read_text()
    assert got.startswith(f"{ID}; rm x") and json.loads(got.removeprefix(f"{ID}; rm x"))["watch"] == "lille"


@pytest.mark.parametrize(("code", "passing"), [(1, False), (75, True)])
def test_a_command_that_fails_says_so(tmp_path: Path, code: int, passing: bool) -> None:
    python = os.sys.executable  # type: ignore[attr-defined]
    with pytest.raises(UndeliveredError, match=f"exit code {code}") as fault:
        deliver(f'command:{python} -c "exit({code})"', ID, HOSTILE, Post(tmp_path))
    assert fault.value.passing is passing


def test_a_command_that_is_not_there_says_so(tmp_path: Path) -> None:
    with pytest.raises(UndeliveredError, match="No such file"):
        deliver("command:nowhere-to-be-found", ID, HOSTILE, Post(tmp_path))


def test_what_apprise_knows_needs_apprise(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UndeliveredError, match="apprise does not know this address"):
        deliver("nosuchservice://topic", ID, HOSTILE, Post(tmp_path))
    monkeypatch.setitem(sys.modules, "apprise", None)  # as where the extra is not installed
    with pytest.raises(UndeliveredError, match=r"vigie\[apprise\]"):
        deliver("ntfy://topic", ID, HOSTILE, Post(tmp_path))


def test_a_digest_arrives_through_apprise(hook: tuple[Hook, str], capfd: pytest.CaptureFixture[str]) -> None:
    here, url = hook
    channel = url.replace("http://", "json://user:${WORD}@")
    deliver(channel, ID, HOSTILE, Post(Path(), secrets={"WORD": "secret"}))
    (body,) = here.bodies
    assert body["title"].startswith("Vigie lille\u00a0: 2\u00a0nouveaux articles") and "*BriefCam*" in body["message"]
    many = tuple(replace(MATCH, title=f"Article {n} " + "x" * 90, article_id=f"{n:016}") for n in range(200))
    deliver(channel, ID, replace(HOSTILE, matches=many), Post(Path(), secrets={"WORD": "secret"}))
    said = "".join(body["message"] for body in here.bodies[1:])
    assert len(here.bodies) > 2 and all(match.article_id in said for match in many), "in pieces, and nothing left out"
    here.status = 500
    with pytest.raises(UndeliveredError, match="could not deliver") as fault:
        deliver(channel, ID, HOSTILE, Post(Path(), secrets={"WORD": "secret"}))
    told = capfd.readouterr()
    assert fault.value.passing and "secret" not in str(fault.value) + told.out + told.err


# --- exactly once ------------------------------------------------------------------------------------------------


class Desk:
    """A home's database and journal, and a watch that is told of it."""

    def __init__(self, folder: Path) -> None:
        self.database, self.journal_path, self.rows = folder / "vigie.duckdb", folder / "told.sqlite", Rows()

    def tell(
        self, watch: Watch, now: datetime, send: Callable[[str, Waiting], None], *, keep: bool = True
    ) -> list[Any]:
        if keep:
            self.rows.keep(self.database)
        with reading(self.database) as store, journal_at(self.journal_path) as journal:
            return tell(store, journal, watch, list(SOURCES), LABELS, now, send)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_sixty_days_of_failing_channels_and_everything_is_told_once(desk: Desk) -> None:
    chance = random.Random(20241121)
    channels = ("mailto:a@exemple.fr", "https://hook.exemple/", TERMINAL)
    watches = [replace(WATCH, to=channels), Watch("cnil", topics=("cnil",), to=channels[:1], rhythm="daily")]
    arrived: dict[tuple[str, str], list[tuple[str, Digest]]] = {}

    def send(channel: str, waiting: Waiting) -> None:
        if channel != TERMINAL and chance.random() < 0.3:
            raise UndeliveredError("answered", where="x", answer="down", passing=chance.random() < 0.5)
        arrived.setdefault((waiting.digest.watch, channel), []).append((waiting.id, waiting.digest))

    topics: dict[str, set[str]] = {}
    for day in range(60):
        now = at("2024-11-01 06:30") + timedelta(days=day)
        for number in range(chance.randrange(3)):
            words = chance.choice(["BriefCam.", "La CNIL.", "BriefCam et la CNIL.", "Rien."])
            name = f"{day}-{number}"
            key = desk.rows.article(name, words, now - timedelta(hours=1), published=now - timedelta(hours=2))
            topics[key] = {topic for word, topic in (("BriefCam", "briefcam"), ("CNIL", "cnil")) if word in words}
    desk.rows.keep(desk.database)  # all of it: a digest sees what was there at its moment
    for day in range(60):
        for watch in watches:
            desk.tell(watch, at("2024-11-01 06:30") + timedelta(days=day), send, keep=False)
    chance.random = lambda: 1.0  # type: ignore[method-assign]
    for watch in watches:
        assert desk.tell(watch, at("2025-01-02 06:30"), send, keep=False) == []
    for watch in watches:
        wanted = Counter((a, t) for a, found in topics.items() for t in found if t in watch.topics)
        for channel in watch.to:
            digests = arrived[watch.key, channel]
            told = Counter((event[1], event[2]) for _, digest in digests for event in digest.events)
            assert told == wanted, f"{watch.key} through {channel}"
            assert len({name for name, _ in digests}) == len(digests)
    with journal_at(desk.journal_path) as journal:
        mirror(journal, desk.database)
    with reading(desk.database) as store:
        rows = store.select("SELECT watch, channel, article_id, topic, count(*) FROM announced GROUP BY ALL").rows
    assert {row[4] for row in rows} == {1} and len(rows) == sum(
        len(watch.to) * len([t for found in topics.values() for t in found if t in watch.topics]) for watch in watches
    )


def test_a_run_that_is_cut_between_sending_and_noting_sends_the_same_again(desk: Desk) -> None:
    desk.rows.article("un", "BriefCam.", at("2024-11-21 07:00"))
    watch, sent = replace(WATCH, to=("mailto:a@exemple.fr",)), []

    def cut(channel: str, waiting: Waiting) -> None:
        sent.append((waiting.id, waiting.digest))
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        desk.tell(watch, MORNING, cut)
    desk.rows.article("deux", "BriefCam.", at("2024-11-22 07:00"))
    desk.tell(watch, at("2024-11-22 08:00"), lambda _, waiting: sent.append((waiting.id, waiting.digest)))
    assert sent[0] == sent[1], "the same digest under the same id, so that a mailbox knows it"
    assert [match.title for match in sent[2][1].matches] == ["deux"]


def test_the_id_is_made_of_what_is_told() -> None:
    same = replace(HOSTILE, made_at=MORNING + timedelta(days=1))
    assert identity(same, "a") == identity(HOSTILE, "a") != identity(HOSTILE, "b")
    assert identity(replace(HOSTILE, matches=()), "a") != identity(HOSTILE, "a")


def test_a_failing_channel_holds_up_no_other_and_says_when_it_needs_a_person(desk: Desk) -> None:
    desk.rows.article("un", "BriefCam.", at("2024-11-21 07:00"))
    watch, arrived = replace(WATCH, to=("mailto:a@exemple.fr", "file:veille.xml")), []

    def send(channel: str, waiting: Waiting) -> None:
        if channel.startswith("mailto"):
            raise UndeliveredError("answered", where="x", answer="down", passing=True)
        arrived.append(channel)

    assert [fault.passing for fault in desk.tell(watch, MORNING, send)] == [True]
    assert [fault.passing for fault in desk.tell(watch, MORNING + timedelta(days=2), send)] == [False]
    assert arrived == ["file:veille.xml"]


def test_nothing_new_is_said_on_the_terminal_alone(desk: Desk) -> None:
    said: list[str] = []
    desk.tell(replace(WATCH, to=("mailto:a@exemple.fr", TERMINAL)), MORNING, lambda channel, _: said.append(channel))
    assert said == [TERMINAL]


def test_the_digest_of_a_day_comes_out_as_it_was_whatever_came_later(desk: Desk) -> None:
    desk.rows.article("un", "BriefCam.", at("2024-11-21 07:00"))
    sent: list[Digest] = []
    desk.tell(WATCH, MORNING, lambda _, waiting: sent.append(waiting.digest))
    desk.tell(WATCH, MORNING + timedelta(hours=1), lambda _, waiting: sent.append(waiting.digest))
    desk.rows = Rows()
    desk.rows.article("deux", "BriefCam.", at("2024-11-20 07:00"))
    desk.database.unlink()
    desk.rows.keep(desk.database)
    days = [(at(f"2024-11-{day} 00:00"), at(f"2024-11-{day + 1} 00:00")) for day in (22, 21)]
    with reading(desk.database) as store, journal_at(desk.journal_path) as journal:
        told, never = (as_of(store, journal, WATCH, list(SOURCES), LABELS, *day) for day in days)
    assert told == sent[0], "the one of that day that told something"
    assert [match.title for match in never.matches] == ["deux"] and never.made_at < days[1][1]


def test_a_lost_journal_is_taken_over_from_the_database(desk: Desk, tmp_path: Path) -> None:
    desk.rows.article("un", "BriefCam.", at("2024-11-21 07:00"))
    desk.tell(WATCH, MORNING, lambda _, waiting: None)
    with journal_at(desk.journal_path) as journal:
        mirror(journal, desk.database)
    desk.journal_path.unlink()
    with reading(desk.database) as store, journal_at(desk.journal_path) as journal:
        assert journal.is_new
        journal.adopt(store.select("FROM announced").dicts())
    said: list[Digest] = []
    desk.tell(WATCH, MORNING + timedelta(hours=1), lambda _, waiting: said.append(waiting.digest))
    assert said[0].matches == ()


@pytest.mark.parametrize(
    ("rhythm", "last", "now", "due"),
    [
        ("run", "2024-11-21 07:00", "2024-11-21 07:01", True),
        ("daily", "2024-11-21 05:30", "2024-11-22 05:10", True),
        ("daily", "2024-11-21 05:30", "2024-11-22 04:30", False),
        ("daily", "2024-11-21 23:30", "2024-11-22 05:10", True),
        ("weekly", "2024-11-18 06:00", "2024-11-24 22:00", False),
        ("weekly", "2024-11-18 06:00", "2024-11-25 06:00", True),
        ("weekly", "2024-11-18 06:00", "2024-11-27 15:00", True),
        ("weekly", "2024-12-27 06:00", "2025-01-02 06:00", True),
    ],
)
def test_rhythms_are_counted_in_days_and_weeks_of_paris(rhythm: str, last: str, now: str, due: bool) -> None:
    assert is_due(rhythm, at(last), at(now)) is due and is_due(rhythm, None, at(now))


def test_two_tellers_cannot_claim_the_same(tmp_path: Path) -> None:
    import sqlite3

    with journal_at(tmp_path / "told.sqlite") as one, journal_at(tmp_path / "told.sqlite") as other:
        one.claim(HOSTILE, "a")
        with pytest.raises(sqlite3.IntegrityError):
            other.claim(replace(HOSTILE, made_at=MORNING + timedelta(1), changes=()), "a")
        assert len(other.waiting("lille", "a")) == 1


def test_the_journal_holds_no_secret_and_is_for_its_owner(tmp_path: Path) -> None:
    Journal(tmp_path / "told.sqlite").close()
    assert not stat.S_IMODE((tmp_path / "told.sqlite").stat().st_mode) & 0o022
