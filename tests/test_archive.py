"""The archive: what is written is read back, by us and by others; what is damaged costs one record and is said."""

from __future__ import annotations

import gzip
import hashlib
import os
import random
import re
import shutil
import subprocess
import sys
import zlib
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.archive import ArchiveWriter, BrokenArchiveError, Exchange, read_archive, withhold
from pipeline.demo.server import Web, serve
from pipeline.encodings import decoded
from pipeline.records import Capture, Hint

NOW = datetime(2024, 11, 21, 7, 30, 0, 123456, tzinfo=UTC)
PAGE = "<p>La Ville utilise BriefCam, dit-on à Lille.".encode()
SEEN = Exchange(
    url="http://titre.example/a?b=c",
    requested_url="http://titre.example/a",
    fetched_at=NOW,
    status=200,
    request_headers=(("User-Agent", "Vigie/0 (essai)"),),
    response_headers=(("Content-Type", "text/html; charset=utf-8"), ("X-Titre", "Médiacités")),
    body=PAGE,
    source="titre",
    door="feed",
    role="page",
    via="http://titre.example/rss.xml",
    hint=Hint("À Lille, BriefCam", NOW - timedelta(hours=2)),
)


def written(folder: Path, *seen: Exchange, software: str = "Vigie/0") -> Path:
    with ArchiveWriter(folder, "essai", software) as archive:
        for exchange in seen:
            archive.write(exchange)
    return folder / "essai-00000.warc.gz"


def captures(path: Path, start: int = 0) -> list[Capture]:
    return [capture for capture, _ in read_archive(path, start)]


def check(path: Path) -> subprocess.CompletedProcess[str]:
    """What `warcio check`, another program's eyes, says of a file."""
    program = "import sys; from warcio.cli import main; main(['check', '-v', sys.argv[1]])"
    return subprocess.run([sys.executable, "-c", program, str(path)], capture_output=True, text=True, check=False)


class TestRoundTrip:
    def test_what_is_written_is_read_back(self, tmp_path: Path) -> None:
        with ArchiveWriter(tmp_path, "essai", "Vigie/0") as archive:
            record_id = archive.write(SEEN)
        (capture,) = captures(tmp_path / "essai-00000.warc.gz")
        assert capture == Capture(
            id=record_id,
            url=SEEN.url,
            requested_url=SEEN.requested_url,
            fetched_at=NOW,
            status=200,
            headers=SEEN.response_headers,
            body=PAGE,
            role="page",
            source="titre",
            door="feed",
            hint=SEEN.hint,
            payload_sha256=hashlib.sha256(PAGE).hexdigest(),
            file="essai-00000.warc.gz",
            offset=capture.offset,
        )
        assert capture.offset > 0

    def test_other_tools_find_nothing_wrong(self, tmp_path: Path) -> None:
        packed = replace(SEEN, body=gzip.compress(PAGE), response_headers=(("Content-Encoding", "gzip"),))
        gone = replace(SEEN, status=404, body=b"", hint=Hint())
        same = replace(SEEN, body=b"", same_as=hashlib.sha256(PAGE).hexdigest())
        result = check(written(tmp_path, SEEN, packed, gone, same, replace(same, status=304)))
        assert result.returncode == 0, result.stdout
        assert "digest pass" in result.stdout and "not checked (revisit)" in result.stdout

    @pytest.mark.parametrize("status", [200, 304, 404])
    def test_the_same_bytes_again_are_a_revisit_without_body(self, tmp_path: Path, status: int) -> None:
        digest = hashlib.sha256(PAGE).hexdigest()
        path = written(tmp_path, SEEN, replace(SEEN, status=status, body=b"", same_as=digest))
        first, again = captures(path)
        assert (again.body, again.payload_sha256) == (b"", first.payload_sha256)
        assert again.status == (404 if status == 404 else 304)
        assert (again.source, again.hint, again.id != first.id) == ("titre", SEEN.hint, True)

    @pytest.mark.parametrize("encoding", ["gzip", "x-gzip", "GZIP", "deflate", "bare deflate", "two members", ""])
    def test_the_body_is_unpacked(self, tmp_path: Path, encoding: str) -> None:
        bare = zlib.compressobj(wbits=-15)
        bodies = {
            "deflate": zlib.compress(PAGE),
            "bare deflate": bare.compress(PAGE) + bare.flush(),
            "two members": gzip.compress(PAGE[:9]) + gzip.compress(PAGE[9:]),
            "": PAGE,
        }
        word = {"bare deflate": "deflate", "two members": "gzip"}.get(encoding, encoding)
        body = bodies.get(encoding) or gzip.compress(PAGE)
        path = written(tmp_path, replace(SEEN, body=body, response_headers=(("content-encoding", word),)))
        (capture,) = captures(path)
        assert capture.body == PAGE
        assert capture.payload_sha256 == hashlib.sha256(body).hexdigest()

    def test_a_small_page_does_not_inflate_without_end(self) -> None:
        bomb = zlib.compress(bytes(50_000_000))
        assert len(bomb) < 60_000
        assert len(decoded(bomb, "", "deflate", most=1_000_000)) == 1_000_000

    @given(st.binary(max_size=300), st.sampled_from(["gzip", "deflate", "br", ""]), st.sampled_from(["chunked", ""]))
    def test_a_lying_encoding_gives_bytes_all_the_same(self, raw: bytes, content: str, transfer: str) -> None:
        assert isinstance(decoded(raw, transfer, content), bytes)

    def test_hostile_headers_stay_in_their_lines(self, tmp_path: Path) -> None:
        hostile = (("X-A\r\nX-B", "1\r\n\r\nbody"), ("Transfer-Encoding", "chunked"), ("X-Long", "a" * 1_000_000))
        path = written(tmp_path, replace(SEEN, response_headers=hostile, hint=Hint("\x1b[31m\ud800 titre")))
        (capture,) = captures(path)
        assert capture.body == PAGE
        assert [name for name, _ in capture.headers] == ["X-A X-B", "X-Archive-Orig-Transfer-Encoding", "X-Long"]
        assert capture.hint.title == "\x1b[31m\ud800 titre"
        assert check(path).returncode == 0

    def test_reserved_is_remembered(self, tmp_path: Path) -> None:
        path = written(tmp_path, SEEN, replace(SEEN, reserved=True))
        assert [capture.reserved for capture in captures(path)] == [False, True]

    def test_files_roll_by_size_and_an_idle_run_leaves_none(self, tmp_path: Path) -> None:
        with ArchiveWriter(tmp_path / "archive", "idle", "Vigie/0"):
            pass
        assert not (tmp_path / "archive").exists()
        with ArchiveWriter(tmp_path, "essai", "Vigie/0", file_bytes=2_000) as archive:
            ids = [archive.write(SEEN) for _ in range(5)]
        files = sorted(tmp_path.glob("*.warc.gz"))
        assert len(files) > 1
        assert [capture.id for file in files for capture in captures(file)] == ids

    def test_reading_goes_on_where_it_stopped(self, tmp_path: Path) -> None:
        path = written(tmp_path, SEEN, replace(SEEN, url="http://titre.example/b"), SEEN)
        whole = list(read_archive(path))
        for done, (_, after) in enumerate(whole, 1):
            assert list(read_archive(path, after)) == whole[done:]
        assert whole[-1][1] == path.stat().st_size


class TestWithholding:
    def test_a_body_is_left_out_and_all_else_stays(self, tmp_path: Path) -> None:
        other = replace(SEEN, url="http://titre.example/b", body=b"autre")
        path = written(tmp_path, SEEN, other, replace(SEEN, same_as="a" * 64, body=b""))
        first, second, third = captures(path)
        target = tmp_path / "less.warc.gz"
        assert withhold(path, target, {first.id, "unknown"}) == 1
        kept, *others = captures(target)
        assert kept == replace(first, body=b"", withheld=True, file=target.name, offset=kept.offset)
        assert kept.payload_sha256 == hashlib.sha256(PAGE).hexdigest() and not first.withheld
        assert others == [
            replace(c, file=target.name, offset=o.offset) for c, o in zip((second, third), others, strict=True)
        ]
        assert PAGE not in gzip.decompress(target.read_bytes())
        result = check(target)
        assert result.returncode == 0, result.stdout

    def test_doing_it_again_changes_nothing(self, tmp_path: Path) -> None:
        path, once, twice = written(tmp_path, SEEN), tmp_path / "1.warc.gz", tmp_path / "2.warc.gz"
        ids = {capture.id for capture in captures(path)}
        withhold(path, once, ids)
        withhold(once, twice, ids)
        assert [replace(c, file="") for c in captures(once)] == [replace(c, file="") for c in captures(twice)]


class TestDamage:
    def test_every_way_to_be_cut_leaves_the_whole_records(self, tmp_path: Path) -> None:
        path = written(tmp_path, SEEN, replace(SEEN, url="http://titre.example/b"))
        ends = [after for _, after in read_archive(path)]
        content = path.read_bytes()
        cut = tmp_path / "cut.warc.gz"
        for size in [*range(0, len(content), 37), *ends, len(content) - 1]:
            cut.write_bytes(content[:size])
            assert len(captures(cut)) == sum(end <= size for end in ends), f"cut at {size}"

    def test_a_file_that_is_still_written_is_read_to_its_last_whole_record(self, tmp_path: Path) -> None:
        with ArchiveWriter(tmp_path, "essai", "Vigie/0") as archive:
            archive.write(SEEN)
            path = tmp_path / "essai-00000.warc.gz"
            ((_, after),) = list(read_archive(path))
            archive.write(replace(SEEN, url="http://titre.example/b"))
            assert [c.url for c in captures(path, after)] == ["http://titre.example/b"]

    def test_one_flipped_byte_anywhere_costs_one_capture_at_most_and_is_said(self, tmp_path: Path) -> None:
        path = written(tmp_path, *(replace(SEEN, url=f"http://titre.example/{n}") for n in range(4)))
        content, right = path.read_bytes(), captures(path)
        flipped = tmp_path / "flipped.warc.gz"
        pick = random.Random(4)
        for at in pick.sample(range(len(content)), 150):
            flipped.write_bytes(content[:at] + bytes([content[at] ^ 0x10]) + content[at + 1 :])
            damages: list[BrokenArchiveError] = []
            found = [capture for capture, _ in read_archive(flipped, on_damage=damages.append)]
            same = [c for c in found if any(c.body == r.body and c.url == r.url for r in right)]
            assert len(same) == len(found) >= 3, f"byte {at}"
            assert len(found) == 4 or damages or at > right[-1].offset, f"byte {at}: lost without a word"

    def test_damage_without_anyone_to_tell_is_an_error_with_its_place(self, tmp_path: Path) -> None:
        path = written(tmp_path, SEEN, SEEN)
        content = bytearray(path.read_bytes())
        offset = captures(path)[0].offset
        content[offset + 40] ^= 0xFF
        path.write_bytes(content)
        with pytest.raises(BrokenArchiveError, match=rf"essai-00000.warc.gz at byte {offset}: "):
            captures(path)

    def test_a_payload_that_is_not_its_digest_is_damage(self, tmp_path: Path) -> None:
        path = tmp_path / "plain.warc"
        path.write_bytes(gzip.decompress(written(tmp_path, SEEN).read_bytes()).replace(b"BriefCam", b"BriefCom"))
        damages: list[BrokenArchiveError] = []
        assert list(read_archive(path, on_damage=damages.append)) == []
        assert "SHA-256" in str(damages[0])

    @pytest.mark.parametrize("content", [b"", b"\x1f\x8b\x08", b"<html>", b"WARC/1.1\r\n", os.urandom(5_000)])
    def test_what_is_no_archive_gives_nothing(self, tmp_path: Path, content: bytes) -> None:
        path = tmp_path / "x.warc.gz"
        path.write_bytes(content)
        assert list(read_archive(path, on_damage=lambda error: None)) == []

    def test_garbled_records_are_told_and_never_an_error(self, tmp_path: Path) -> None:
        same = replace(SEEN, same_as="a" * 64, body=b"")
        content = gzip.decompress(written(tmp_path, SEEN, replace(SEEN, status=404), same).read_bytes())
        pick, path = random.Random(5), tmp_path / "garbled.warc"
        for _ in range(500):
            garbled = bytearray(content)
            for _ in range(pick.choice([1, 2, 20])):
                at = pick.randrange(len(garbled))
                garbled[at : at + pick.choice([0, 1, 40])] = pick.randbytes(pick.choice([0, 1, 4]))
            path.write_bytes(garbled)
            list(read_archive(path, on_damage=lambda error: None))

    def test_hostile_metadata_is_not_believed(self, tmp_path: Path) -> None:
        content = gzip.decompress(written(tmp_path, SEEN).read_bytes())
        for good, bad in [
            (b'"role": "page"', b'"role": "evil"'),
            (b'"source": "titre"', b'"source": 12345.7'),
            (b'"published_at": "2024', b'"published_at": "x024'),
        ]:
            path = tmp_path / "hostile.warc"
            path.write_bytes(content.replace(good, bad))
            found = [capture for capture, _ in read_archive(path, on_damage=lambda error: None)]
            assert not found or found[0].source is None


def handmade(kind: str, headers: str, body: bytes, url: str = "http://titre.example/a") -> bytes:
    """A record as other tools write it: WARC 1.0, SHA-1 in base 32, no metadata."""
    block = headers.replace("\n", "\r\n").encode() + body
    head = (
        f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: <{url}>\r\nWARC-Date: 2024-11-21T07:30:00Z\r\n"
        f"WARC-Record-ID: <urn:uuid:12345678-1234-1234-1234-{len(body):012d}>\r\n"
        f"WARC-Payload-Digest: sha1:B2LTWWPUOYAH7UIPQ7ZUPQ4VMBSVC36A\r\n"
        f"Content-Type: application/http;msgtype={kind}\r\nContent-Length: {len(block)}\r\n\r\n"
    )
    return head.encode() + block + b"\r\n\r\n"


class TestOthers:
    CHUNKED = b"5\r\n<p>La\r\n0a;ext=1\r\n Ville\r\n li\r\n0\r\n\r\n"
    HEADERS = "HTTP/1.1 200 OK\nContent-Type: text/html\n"

    @pytest.mark.parametrize("packed", [False, True, "whole"])
    def test_records_of_other_tools(self, tmp_path: Path, packed: bool | str) -> None:
        records = [
            handmade("request", "GET /a HTTP/1.1\nHost: titre.example\n\n", b""),
            handmade("response", self.HEADERS + "Transfer-Encoding: chunked\n\n", self.CHUNKED),
            handmade("resource", "", b"not a response"),
            handmade("response", self.HEADERS + "\n", PAGE, "http://titre.example/b"),
            handmade("revisit", self.HEADERS + "\n", b"", "http://titre.example/c"),
        ]
        path = tmp_path / "other.warc"
        whole = b"".join(records)
        path.write_bytes(
            gzip.compress(whole) if packed == "whole" else b"".join(map(gzip.compress, records)) if packed else whole
        )
        damages: list[BrokenArchiveError] = []
        first, second, third = (capture for capture, _ in read_archive(path, on_damage=damages.append))
        assert first.body == b"<p>La Ville\r\n l" and second.body == PAGE
        assert (third.status, third.payload_sha256, third.body) == (304, "", b"")
        assert (first.source, first.door, first.role, first.hint) == (None, None, "page", Hint())
        assert first.requested_url == first.url == "http://titre.example/a"
        assert not damages
        if packed != "whole":
            for done, (_, after) in enumerate(whole_read := list(read_archive(path)), 1):
                assert list(read_archive(path, after)) == whole_read[done:]

    @pytest.mark.parametrize("packed", [False, True])
    def test_a_length_that_is_too_short_is_damage_and_not_a_line_on_the_terminal(
        self, tmp_path: Path, capfd: pytest.CaptureFixture[str], packed: bool
    ) -> None:
        cut, whole = (handmade("response", self.HEADERS + "\n", PAGE, f"http://titre.example/{name}") for name in "ab")
        size = int(re.findall(rb"Content-Length: ([0-9]+)", cut)[0])
        cut = cut.replace(b"Content-Length: %d" % size, b"Content-Length: %d" % (size - 20))
        path = tmp_path / "other.warc"
        path.write_bytes(gzip.compress(cut) + gzip.compress(whole) if packed else cut + whole)
        damages: list[BrokenArchiveError] = []
        found = [capture.url for capture, _ in read_archive(path, on_damage=damages.append)]
        assert found == ["http://titre.example/b"]
        assert len(damages) == 1 and "length" in str(damages[0])
        assert capfd.readouterr() == ("", "")

    def test_a_length_beyond_the_end_of_its_gzip_member_is_damage(self, tmp_path: Path) -> None:
        cut, whole = (handmade("response", self.HEADERS + "\n", PAGE, f"http://titre.example/{name}") for name in "ab")
        path = tmp_path / "other.warc.gz"
        path.write_bytes(gzip.compress(cut.replace(b"Content-Length: ", b"Content-Length: 9")) + gzip.compress(whole))
        damages: list[BrokenArchiveError] = []
        found = [capture.url for capture, _ in read_archive(path, on_damage=damages.append)]
        assert found == ["http://titre.example/b"]
        assert len(damages) == 1 and "at byte 0" in str(damages[0])

    def test_a_record_without_a_date_is_damage(self, tmp_path: Path) -> None:
        path = tmp_path / "other.warc"
        record = handmade("response", self.HEADERS + "\n", PAGE)
        path.write_bytes(record.replace(b"2024-11-21T07:30:00Z", b"yesterday at noon  Z") + record)
        damages: list[BrokenArchiveError] = []
        assert len(list(read_archive(path, on_damage=damages.append))) == 1
        assert len(damages) == 1

    @pytest.mark.skipif(not shutil.which("wget"), reason="no wget on this machine")
    @pytest.mark.parametrize("options", [[], ["--no-warc-compression"]], ids=["gz", "plain"])
    def test_wget_is_read(self, tmp_path: Path, options: list[str]) -> None:
        web = Web.from_rows([{"url": "http://titre.example/a", "body": PAGE, "title": "A"}])
        with serve(web) as site:
            wget = ["wget", "-q", f"--warc-file={tmp_path / 'w'}", *options, "-O", os.devnull]
            urls = ["http://titre.example/a", "http://titre.example/absent"]
            environment = {**os.environ, "http_proxy": site.proxy, "no_proxy": ""}
            subprocess.run([*wget, *urls], env=environment, check=False, timeout=30)
        (path,) = tmp_path.glob("w.warc*")
        found = captures(path)
        pages = [(c.url, c.status, c.body) for c in found]
        assert ("http://titre.example/a", 200, PAGE) in pages and pages[-1][1] == 404


def test_a_full_disk_is_an_error_and_not_a_silence(tmp_path: Path, run_limited: Callable[[str], str]) -> None:
    said = run_limited(
        f"""
from datetime import UTC, datetime
from pathlib import Path
from pipeline.archive import ArchiveWriter, Exchange
import os
with ArchiveWriter(Path({str(tmp_path)!r}), "essai", "Vigie/0") as archive:
    for n in range(100):
        body = os.urandom(5000)
        archive.write(Exchange("http://a.example/", "", datetime.now(UTC), 200, (), (), body, "a", "", "page"))
"""
    )
    assert "File too large" in said
    path = tmp_path / "essai-00000.warc.gz"
    assert len(captures(path)) >= 1
