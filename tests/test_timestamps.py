"""Trusted time stamps, from a local authority made with openssl: what is stamped holds, and nothing else does."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from pipeline.home import load_home
from pipeline.proof.chain import CHAIN, Fault, read_chain, seal
from pipeline.proof.timestamps import FOLDER, StampError, check, stamp, stamp_files, stamps
from pipeline.proof.verify import holds, verify
from pipeline.proof.wacz import unpacked
from pipeline.records import MistakeError
from tests.test_chain_of_seals import NOW, write
from tests.test_evidence import forged, home_of
from tests.test_ingest import SOURCES, A, archive, seen

pytest.importorskip("rfc3161_client", reason="no rfc3161-client: pip install 'vigie[timestamps]'")
pytestmark = pytest.mark.skipif(not shutil.which("openssl"), reason="no openssl on this machine")

CONFIG = """
[ tsa ]
default_tsa = one
[ one ]
serial = serial
crypto_device = builtin
signer_cert = tsa.pem
signer_key = tsa.key
signer_digest = sha256
default_policy = 1.2.3.4
digests = sha256
accuracy = secs:1
[ ca ]
basicConstraints = critical,CA:TRUE
[ stamping ]
extendedKeyUsage = critical,timeStamping
"""


def openssl(folder: Path, *words: str, data: bytes = b"") -> bytes:
    done = subprocess.run(["openssl", *words], cwd=folder, input=data, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


def make_authority(folder: Path, name: str = "Essai") -> Path:
    """A root certificate and one for stamping that it signed; the folder's ca.pem is to be trusted."""
    folder.mkdir(exist_ok=True)
    (folder / "tsa.cnf").write_text(CONFIG)
    (folder / "serial").write_text("01")
    key = ("-newkey", "rsa:2048", "-nodes")
    openssl(folder, "req", "-x509", *key, "-keyout", "ca.key", "-out", "ca.pem", "-subj", f"/CN={name} CA")
    openssl(folder, "req", "-new", *key, "-keyout", "tsa.key", "-out", "tsa.csr", "-subj", f"/CN={name}")
    openssl(
        folder, "x509", "-req", "-in", "tsa.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "20",
        "-extfile", "tsa.cnf", "-extensions", "stamping", "-out", "tsa.pem",
    )  # fmt: skip
    return folder


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_authority(tmp_path_factory.mktemp("authority"))


Answer = Callable[[bytes], tuple[int, bytes]]


class Served:
    """An authority over HTTP on loopback; `answer` may be exchanged."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.asked = folder, 0
        self.answer: Answer = self.stamped

    def stamped(self, request: bytes) -> tuple[int, bytes]:
        (self.folder / "q.tsq").write_bytes(request)
        return 200, openssl(self.folder, "ts", "-reply", "-config", "tsa.cnf", "-section", "one", "-queryfile", "q.tsq")


@pytest.fixture
def served(authority: Path) -> Iterator[tuple[Served, str]]:
    one = Served(authority)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            one.asked += 1
            status, body = one.answer(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(status)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            return None

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield one, f"http://127.0.0.1:{server.server_address[1]}/"
        server.shutdown()
        thread.join()


@pytest.fixture
def sealed(tmp_path: Path) -> Path:
    for prefix in ("a", "b"):
        write(tmp_path / "archive", prefix)
        seal(tmp_path / "archive", NOW)
    return tmp_path / "archive"


def test_the_head_is_stamped_once_and_the_stamp_holds(sealed: Path, served: tuple[Served, str]) -> None:
    one, url = served
    made = stamp(sealed, url, one.folder / "ca.pem")
    assert made and made.number == 2 and "CN=Essai CA" in made.root
    assert abs(made.at - datetime.now(UTC)) < timedelta(minutes=2)
    assert stamp(sealed, url, one.folder / "ca.pem") is None and one.asked == 1
    links = read_chain((sealed / CHAIN).read_bytes())[0]
    assert list(stamps(stamp_files(sealed), links)) == [made]
    assert stamp_files(sealed, first=3) == {}
    openssl(sealed / FOLDER, "ts", "-verify", "-digest", links[-1].digest, "-in", "000002.tsr", "-CAfile", "000002.pem")


def test_a_stamp_of_another_link_or_another_authority_or_with_a_changed_byte_does_not_hold(
    sealed: Path, served: tuple[Served, str], tmp_path: Path
) -> None:
    one, url = served
    stamp(sealed, url, one.folder / "ca.pem")
    files, links = stamp_files(sealed), read_chain((sealed / CHAIN).read_bytes())[0]
    answer, trusted = files["000002.tsr"], files["000002.pem"]
    with pytest.raises(StampError, match="link 1 does not hold"):
        check(answer, links[0], trusted)
    with pytest.raises(StampError):
        check(answer, links[1], (make_authority(tmp_path / "other", "Autre") / "ca.pem").read_bytes())
    for wrong in (b"", b"not PEM", trusted[:-40]):
        with pytest.raises(StampError):
            check(answer, links[1], wrong)
    for at in range(0, len(answer), 7):
        changed = answer[:at] + bytes([answer[at] ^ 0x21]) + answer[at + 1 :]
        try:
            said = check(changed, links[1], trusted)
        except StampError:
            continue
        # Some bytes carry nothing (a signature is over the rest, and the status has a text): the word must be the same.
        assert said == check(answer, links[1], trusted), f"byte {at}"
    faults = list(stamps(files | {"000009.tsr": answer, "000001.tsr": answer}, links))
    assert [isinstance(fault, Fault) for fault in faults] == [True, False, True]


@pytest.mark.parametrize(
    "answer", [(500, b"no"), (200, b""), (200, b"<html>"), (404, b"")], ids=["500", "empty", "html", "404"]
)
def test_an_authority_that_fails_is_one_line_and_keeps_nothing(
    sealed: Path, served: tuple[Served, str], answer: tuple[int, bytes]
) -> None:
    one, url = served
    one.answer = lambda request: answer
    with pytest.raises(StampError) as fault:
        stamp(sealed, url, one.folder / "ca.pem")
    assert "\n" not in str(fault.value) and not (sealed / FOLDER).exists()


def test_an_authority_that_is_not_there_is_one_line(sealed: Path, authority: Path, tmp_path: Path) -> None:
    with pytest.raises(StampError, match="does not answer"):
        stamp(sealed, "http://127.0.0.1:9/", authority / "ca.pem")
    with pytest.raises(StampError, match=r"absent\.pem"):
        stamp(sealed, "http://127.0.0.1:9/", tmp_path / "absent.pem")
    # Nothing is sealed there, so nothing is asked.
    assert stamp(tmp_path, "http://127.0.0.1:9/", authority / "ca.pem") is None


def test_a_pack_carries_the_stamp_and_verify_says_by_whose_word(tmp_path: Path, served: tuple[Served, str]) -> None:
    one, url = served
    archive(tmp_path / "archive", "a", [seen(0, "lille", A)])
    made = home_of(tmp_path, dict(SOURCES))
    stamp(tmp_path / "archive", url, one.folder / "ca.pem")
    data = made.pack("lille")
    findings = verify(data, processes=0)
    assert holds(findings) and any("by the word of CN=Essai CA" in finding.what for finding in findings)
    assert "evidence/000001.tsr" in unpacked(data)

    def other_stamp(parts: dict[str, bytes]) -> None:
        tsr = parts["evidence/000001.tsr"]
        parts["evidence/000001.tsr"] = tsr[:-20] + bytes(20)

    assert not holds(verify(forged(data, other_stamp), processes=0))


def test_what_vigie_toml_says_of_it(tmp_path: Path, authority: Path) -> None:
    def home(text: str) -> object:
        (tmp_path / "vigie.toml").write_text(text)
        return load_home(tmp_path, [], []).timestamps

    shutil.copyfile(authority / "ca.pem", tmp_path / "ca.pem")
    said = home('[timestamps]\nurl = "https://tsa.exemple/"\ncertificate = "ca.pem"\n')
    assert said and getattr(said, "certificate") == tmp_path / "ca.pem"  # noqa: B009
    assert home("") is None
    for wrong, named in (
        ("timestamps = 3", "table"), ('[timestamps]\nurl = "x"\ncertificate = "ca.pem"', "https"),
        ('[timestamps]\nurl = "https://x/"\ncertificate = "no.pem"', "PEM"), ("[timestamps]\nurll = 3", "urll"),
    ):  # fmt: skip
        with pytest.raises(MistakeError, match=named):
            home(wrong)
