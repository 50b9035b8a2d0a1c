"""Evidence packs: what a pack says follows from its bytes, and nothing in it can be changed without being found."""

from __future__ import annotations

import gzip
import json
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from crawler.sources import load_sources
from pipeline.demo import FOLDER
from pipeline.ingest import Ingest, adopt, ingest
from pipeline.proof.chain import seal
from pipeline.proof.pack import SAID, SEALS, STATEMENT, Evidence, collect, pack
from pipeline.proof.verify import Finding, holds, verify
from pipeline.proof.wacz import DATA, DIGEST, PACKAGE, differences, sha256, unpacked, zipped
from pipeline.records import MistakeError
from pipeline.store import reading
from tests.test_archive import handmade
from tests.test_ingest import FIRST, HOSTILE, NOW, SOURCES, A, B, archive, page, rules, seen

DEMO = {key: source for key, source in load_sources(FOLDER / "sources.toml").items() if ".example" in source.home}


class Home(NamedTuple):
    folder: Path
    sources: dict[str, Any]

    def evidence(self, url: str) -> Evidence:
        with reading(self.folder / "vigie.duckdb") as store:
            found = store.select("SELECT id FROM articles WHERE url LIKE '%' || $url", {"url": url}).rows
            assert len(found) == 1, f"{url}: {found}"
            return collect(store, found[0][0], self.sources, rules(), NOW)

    def pack(self, url: str) -> bytes:
        return pack(self.evidence(url), self.folder / "archive")


def home_of(folder: Path, sources: dict[str, Any]) -> Home:
    """A home whose archive was filled by the test: sealed and read."""
    seal(folder / "archive", NOW)
    ingest(folder / "archive", folder / "vigie.duckdb", Ingest(sources, rules(), "test", NOW, 0))
    return Home(folder, sources)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """The demo's pages, as its crawl archives them."""
    folder = tmp_path_factory.mktemp("demo")
    by_host = {source.home.split("/")[2]: key for key, source in DEMO.items()}
    rows = [json.loads(line) for line in (FOLDER / "web.jsonl").read_text("utf-8").splitlines()]
    exchanges = []
    for minute, row in enumerate(row for row in rows if row.get("file", "").startswith("pages/")):
        kind = row.get("type", "text/html; charset=utf-8")
        body = (FOLDER / row["file"]).read_bytes()
        one = seen(minute, "", body, source=by_host.get(row["url"].split("/")[2], ""), requested_url=row["url"])
        exchanges.append(replace(one, url=row["url"], response_headers=(("Content-Type", kind),)))
    archive(folder / "archive", "demo", exchanges)
    return home_of(folder, DEMO)


@pytest.fixture
def home(tmp_path: Path) -> Callable[..., Home]:
    def make(*exchanges: Any) -> Home:
        archive(tmp_path / "archive", "a", exchanges)
        return home_of(tmp_path, dict(SOURCES))

    return make


def faults(findings: list[Finding]) -> list[str]:
    return [finding.what for finding in findings if finding.verdict in {"fails", "undecided"}]


def test_the_pack_of_each_article_of_the_demo_holds(demo: Home) -> None:
    with reading(demo.folder / "vigie.duckdb") as store:
        urls = [row[0] for row in store.select("SELECT DISTINCT url FROM articles ORDER BY url").rows]
    assert len(urls) > 30
    for url in random.Random(5).sample(urls, 5):
        findings = verify(demo.pack(url), processes=0)
        assert holds(findings), f"{url}: {faults(findings)}"


@pytest.fixture(scope="module")
def one(demo: Home) -> bytes:
    return demo.pack("/infos/briefcam-a-lille-l-antenne-est-a-vous")


def test_a_pack_is_made_the_same_twice(demo: Home, one: bytes) -> None:
    assert demo.pack("/infos/briefcam-a-lille-l-antenne-est-a-vous") == one


@pytest.mark.parametrize("seed", range(4))
def test_one_changed_byte_anywhere_is_found_and_its_place_named(one: bytes, seed: int) -> None:
    chance = random.Random(seed)
    parts = unpacked(one)
    spans = {path: (at := one.index(data, len(path)), at + len(data)) for path, data in parts.items() if data}
    for at in [*chance.sample(range(len(one)), 120), *range(len(one) - 30 * (4 - seed), len(one) - 30 * (3 - seed))]:
        changed = bytearray(one)
        changed[at] ^= chance.randrange(1, 256)
        found = differences(bytes(changed))
        assert found, f"byte {at}: nothing found"
        inside = [path for path, (begin, end) in spans.items() if begin <= at < end]
        said = " ".join(f"{where} {why}" for where, why in found)
        assert all(path in said for path in inside), f"byte {at} in {inside}: {said}"
        assert not holds(verify(bytes(changed), processes=0))


@pytest.mark.parametrize("cut", [0, 1, 22, 1000, -1, -22, -1000])
def test_a_cut_or_lengthened_pack_is_found(one: bytes, cut: int) -> None:
    assert differences(one[:cut])
    assert differences(one + one[:cut] + b"x")


def forged(data: bytes, change: Callable[[dict[str, bytes]], None]) -> bytes:
    """A pack with some parts changed, and every hash made to agree again."""
    parts = unpacked(data)
    change(parts)
    package = json.loads(parts[PACKAGE])
    for resource in package["resources"]:
        resource |= {"hash": sha256(parts[resource["path"]]), "bytes": len(parts[resource["path"]])}
    parts[PACKAGE] = (json.dumps(package, indent=2) + "\n").encode()
    parts[DIGEST] = (json.dumps({"path": PACKAGE, "hash": sha256(parts[PACKAGE])}, indent=2) + "\n").encode()
    result = zipped(parts)
    assert result != data and not differences(result), "the forgery is to be perfect as far as hashes go"
    return result


def said(change: Callable[[dict[str, Any]], None]) -> Callable[[dict[str, bytes]], None]:
    def apply(parts: dict[str, bytes]) -> None:
        whole = json.loads(parts[SAID])
        change(whole)
        parts[SAID] = (json.dumps(whole, indent=1) + "\n").encode()

    return apply


def swap(part: str, old: bytes, new: bytes) -> Callable[[dict[str, bytes]], None]:
    def apply(parts: dict[str, bytes]) -> None:
        assert old in parts[part], f"{part} does not say {old!r}: the forgery changes nothing"
        parts[part] = parts[part].replace(old, new, 1)

    return apply


FORGERIES = {
    "text": said(lambda s: s["article"].update(text=s["article"]["text"].replace("BriefCam", "BriefCom"))),
    "title": said(lambda s: s["versions"][0].update(title="Autre titre")),
    "date": said(lambda s: s["article"].update(published_at="2020-01-01T00:00:00+00:00")),
    "authors": said(lambda s: s["article"].update(authors=["Quelqu'un"])),
    "mention left out": said(lambda s: s["mentions"].pop()),
    "mention invented": said(lambda s: s["mentions"].append(s["mentions"][0] | {"surface": "Vidéoflic"})),
    "sentence": said(lambda s: s["mentions"][0].update(sentence="La Ville avoue.")),
    "rule": said(lambda s: s["rules"][0].update(phrases=["micro"])),
    "rules' version": said(lambda s: s.update(rules_version="0" * 12)),
    "time of capture": said(lambda s: s["captures"][0].update(fetched_at="2020-01-01T00:00:00+00:00")),
    "address": said(lambda s: s["captures"][0].update(url="http://ailleurs.example/")),
    "payload": said(lambda s: s["captures"][0].update(payload_sha256="0" * 64)),
    "capture left out": said(lambda s: s["captures"].pop()),
    "file of another list": said(lambda s: s["captures"][0].update(file="autre.warc.gz")),
    "no rows": said(lambda s: s.update(versions=[], mentions=[], captures=[])),
    "statement": swap(STATEMENT, "règle".encode(), b"REGLE"),
    "index": lambda parts: parts.update({"indexes/index.cdx.gz": gzip.compress(b"x", mtime=0)}),
    "pages": swap("pages/pages.jsonl", b"http://", b"ftp://"),
    "chain": swap(SEALS, b'"bytes":', b'"bytes":1'),
    "no chain": lambda parts: parts.update({SEALS: b""}),
    "list": lambda parts: parts.update({"evidence/demo-00000.warc.gz.seal": b"0 1 " + b"0" * 64 + b"\n"}),
    "records": lambda p: p.update({DATA: gzip.compress(gzip.decompress(p[DATA]).replace(b"BriefCam", b"BriefCom"))}),
    "no records": lambda parts: parts.update({DATA: b""}),
    "other software": said(lambda s: s.update(software=s["software"] | {"vigie": "9"}, mentions=s["mentions"][1:])),
}  # fmt: skip


@pytest.mark.parametrize("name", FORGERIES)
def test_a_forgery_with_hashes_made_to_agree_is_found(one: bytes, name: str) -> None:
    findings = verify(forged(one, FORGERIES[name]), processes=0)
    if name == "no chain":  # without a chain nothing is proved by one, and that is said
        assert any("was not sealed yet" in finding.what for finding in findings)
        assert any(STATEMENT in what for what in faults(findings)), "the statement says that it was sealed"
        return
    assert not holds(findings), [finding.what for finding in findings]


def test_other_versions_of_a_reader_are_said_and_decide_nothing(one: bytes) -> None:
    findings = verify(forged(one, FORGERIES["other software"]), processes=0)
    assert {finding.verdict for finding in findings if "mentions" in finding.what} == {"undecided"}
    assert any("made with vigie 9" in finding.what for finding in findings)


def test_rules_that_are_not_the_built_in_ones_are_named(demo: Home) -> None:
    evidence = demo.evidence("/infos/briefcam-a-lille-l-antenne-est-a-vous")
    own = replace(rules().rules[0], key="maison", topic="briefcam", phrases=("micro de rue",))
    more = replace(evidence, rules=replace(evidence.rules, rules=(*evidence.rules.rules, own)))
    findings = verify(pack(more, demo.folder / "archive"), processes=0)
    assert any("do not come with this Vigie" in f.what and "maison" in f.what for f in findings)


ODD: list[Any] = [None, 3, "x", [], {}, [[]], {"a": 1}, -1e9, "2024-99-99", True]


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("table", ["article", "versions", "mentions", "captures", "rules", "sources", "software"])
def test_a_garbled_evidence_json_is_a_fault_and_never_a_traceback(one: bytes, table: str, seed: int) -> None:
    chance = random.Random(seed)

    def garble(whole: dict[str, Any]) -> None:
        place, key = whole, table
        while isinstance(place[key], dict | list) and place[key] and chance.random() < 0.8:
            place = place[key]
            key = chance.choice(list(place) if isinstance(place, dict) else range(len(place)))  # type: ignore[assignment]
        place[key] = chance.choice([value for value in ODD if value != place[key]])

    for _ in range(4):
        findings = verify(forged(one, said(garble)), processes=0)
        # A rule's label or a source's note may change without any mention changing: then the rule is named.
        assert table in {"rules", "sources", "software"} or not holds(findings)


def test_several_captures_versions_revisits_and_a_removal_are_all_in_it(home: Callable[..., Home]) -> None:
    same = {"status": 304, "same_as": "a" * 64}
    made = home(
        seen(0, "lille", A), seen(1, "lille", b"", **same), seen(2, "lille", B), seen(3, "lille", A),
        seen(9, "lille", b"<title>Introuvable</title>", status=404), seen(4, "caen", page("Caen", "La CNIL.")),
    )  # fmt: skip
    evidence = made.evidence("lille")
    assert [row["status"] for row in evidence.captures] == [200, 304, 200, 200, 404]
    assert len(evidence.versions) == 3
    data = made.pack("lille")
    assert holds(verify(data, processes=0))
    pages = [json.loads(line) for line in unpacked(data)["pages/pages.jsonl"].splitlines()[1:]]
    assert [one["title"] for one in pages] == ["Lille et BriefCam"] * 3
    page_said = unpacked(data)[STATEMENT].decode()
    assert "contenu inchangé" in page_said and "404" in page_said


PLAIN = "HTTP/1.1 200 OK\nContent-Type: text/html; charset=utf-8\n\n"


@pytest.mark.parametrize("form", ["plain", "members", "one member"])
def test_imported_archives_are_packed_whatever_their_form(tmp_path: Path, form: str) -> None:
    records = [
        handmade("response", PLAIN, A, "http://titre.example/lille"),
        handmade("response", PLAIN, page("Caen", "La CNIL.") + b" ", "http://titre.example/caen"),
    ]
    theirs = tmp_path / ("x.warc" if form == "plain" else "x.warc.gz")
    theirs.write_bytes(
        b"".join(records) if form == "plain"
        else b"".join(map(gzip.compress, records)) if form == "members"
        else gzip.compress(b"".join(records))
    )  # fmt: skip
    adopt(theirs, tmp_path / "archive")
    made = home_of(tmp_path, {})
    data = made.pack("lille")
    findings = verify(data, processes=0)
    assert holds(findings), faults(findings)
    assert b"Caen" not in gzip.decompress(unpacked(data)[DATA]), "another article's record is in the pack"
    assert "archive importée" in unpacked(data)[STATEMENT].decode()


def test_a_damaged_record_of_another_article_does_no_harm_and_an_own_one_is_said(tmp_path: Path) -> None:
    archive(tmp_path / "archive", "a", [seen(0, "lille", A), seen(1, "caen", page("Caen", "La CNIL."))])
    made = home_of(tmp_path, dict(SOURCES))
    path = tmp_path / "archive" / "a-00000.warc.gz"
    content = bytearray(path.read_bytes())
    content[made.evidence("caen").captures[0]["offset"] + 40] ^= 0xFF
    path.write_bytes(content)
    assert holds(verify(made.pack("lille"), processes=0))
    with pytest.raises(MistakeError, match="no longer whole"):
        made.pack("caen")
    path.unlink()
    with pytest.raises(MistakeError, match="no longer whole"):
        made.pack("lille")


def test_hostile_titles_are_words_in_the_statement(home: Callable[..., Home]) -> None:
    made = home(*(seen(n, f"h{n}", page(f"BriefCam {words}", words)) for n, words in enumerate(HOSTILE)))
    for n in range(len(HOSTILE)):
        data = made.pack(f"/h{n}")
        assert holds(verify(data, processes=0))
        shown = unpacked(data)[STATEMENT].decode()
        assert "<script" not in shown and "\x1b" not in shown and "\u202e" not in shown


def test_other_tools_open_it(one: bytes, tmp_path: Path) -> None:
    warc = tmp_path / "data.warc.gz"
    warc.write_bytes(unpacked(one)[DATA])
    program = "import sys; from warcio.cli import main; main(['check', '-v', sys.argv[1]])"
    done = subprocess.run([sys.executable, "-c", program, str(warc)], capture_output=True, text=True, check=False)
    assert done.returncode == 0 and "digest pass" in done.stdout, done.stdout


@pytest.mark.skipif(not shutil.which("wacz"), reason="no wacz on the PATH; `pipx install wacz` brings the validator")
def test_the_wacz_validator_takes_it(one: bytes, tmp_path: Path) -> None:
    file = tmp_path / "a.wacz"
    file.write_bytes(one)
    done = subprocess.run(["wacz", "validate", "-f", str(file)], capture_output=True, text=True, check=False)
    assert done.returncode == 0 and "is valid" in done.stdout + done.stderr, done


def test_it_is_verified_on_a_machine_without_the_home(one: bytes, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "lille.wacz").write_bytes(one)
    environment = {name: value for name, value in os.environ.items() if name != "VIGIE_HOME"}
    environment["PYTHONPATH"] = str(Path(__file__).parents[1])

    def run(*words: str) -> tuple[int, str]:
        command = [sys.executable, "-m", "pipeline.cli", "verify", *words]
        done = subprocess.run(
            command, cwd=elsewhere, env=environment, capture_output=True, text=True, timeout=60, check=False
        )
        assert "Traceback" not in done.stderr
        return done.returncode, done.stdout

    code, told = run("lille.wacz")
    assert code == 0 and told.endswith("the pack holds\n"), told
    (elsewhere / "lille.wacz").write_bytes(one[:5000] + b"?" + one[5001:])
    code, told = run("lille.wacz", "--quiet")
    assert code == 1 and told.startswith("! ") and told.endswith("the pack does not hold\n")
    assert sorted(file.name for file in elsewhere.iterdir()) == ["lille.wacz"]
    assert run()[0] == run("lille.wacz", "--archive")[0] == 2


def test_the_times_in_it_are_those_of_the_records(home: Callable[..., Home]) -> None:
    made = home(seen(0, "lille", A))
    assert made.evidence("lille").captures[0]["fetched_at"] == FIRST.isoformat()
    assert (FIRST + timedelta(0)).isoformat() in unpacked(made.pack("lille"))[STATEMENT].decode()
