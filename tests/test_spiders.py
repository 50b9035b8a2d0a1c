"""Sources with code, and those whose doors have a form of their own: each on small files of the real format."""

from __future__ import annotations

import io
import json
import random
import struct
import tarfile
import zipfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import unquote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.dates import PARIS
from crawler.sources import load_sources
from crawler.spiders import packed
from crawler.spiders.doors import Answer, Door, Found, NotADoorError, doors_of
from crawler.spiders.readers import read
from crawler.spiders.wanted import seeker
from pipeline.extract import extract
from pipeline.records import Capture

PAGES = Path(__file__).parent / "pages"
OFFICIAL, PRESS = PAGES / "official", PAGES / "doors"
SOURCES = load_sources()
WITH_CODE = {key: source for key, source in SOURCES.items() if source.spider and not source.closed}
NOW = datetime(2026, 1, 20, 9, tzinfo=UTC)


def zipped(members: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in members.items():
            archive.writestr(name, body)
    return out.getvalue()


def tarred(members: Mapping[str, bytes], mode: str = "w:gz") -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode) as archive:  # type: ignore[call-overload]
        for name, body in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(body)
            archive.addfile(info, io.BytesIO(body))
    return out.getvalue()


def official(name: str) -> bytes:
    return (OFFICIAL / name).read_bytes()


def package() -> bytes:
    folder = "20241206-203012/cnil/global/CNIL/TEXT/00/00/00/00/00"
    return tarred(
        {
            f"{folder}/CNILTEXT000000000042.xml": official("deliberation.xml"),
            f"{folder}/CNILTEXT000000000043.xml": official("deliberation-other.xml"),
        }
    )


def judgments() -> bytes:
    return zipped(
        {
            "DTA_2310103_20231129.xml": official("judgment-lille.xml"),
            "DCA_23DA00042_20231123.xml": official("judgment-douai.xml"),
        }
    )


def questions(first: str = "question.json") -> bytes:
    return zipped(
        {"json/QANR5L17QE4958.json": official(first), "json/QANR5L17QE4959.json": official("question-other.json")}
    )


def found(key: str, body: bytes, url: str = "", kind: str = "", first: bool = False, **other: Any) -> Found:
    """What a declared source reads in an answer of its first door, or of the one named."""
    source = replace(SOURCES[key], **other)
    door = Door(kind, url, (source,)) if url else doors_of((source,), NOW)[-1]
    return read(door, source, Answer(door.url, body, "text/html; charset=utf-8"), NOW, first=first)


# Every declared source with code

SAMPLES: dict[str, Callable[[], bytes]] = {
    "boamp": lambda: official("notices.json"),
    "dila": lambda: official("packages.html"),
    "justice": judgments,
    "senat": lambda: official("questions.csv"),
    "assemblee": questions,
    "rennes": lambda: official("articles.json"),
}


@pytest.mark.parametrize("key", WITH_CODE)
def test_a_source_with_code_has_its_doors_and_reads_a_sample(key: str) -> None:
    source = WITH_CODE[key]
    doors = import_module(f"crawler.spiders.{source.spider}").doors(source, NOW)
    assert doors, f"{source.declared_in}: its `data` give no door"
    assert source.spider in SAMPLES, f"{source.declared_in}: add a sample of what {source.spider} reads to SAMPLES"
    for door in doors:
        assert door.kind == source.spider and door.sources == (source,)
        assert "%Y" not in door.url and door.url.startswith(tuple(url.partition("%")[0] for url in source.data))
        said = read(door, source, Answer(door.url, SAMPLES[source.spider]()), NOW, first=True)
        assert said.entries or said.documents or said.doors, f"{source.declared_in}: nothing read, mend its `search`"


@pytest.mark.parametrize("key", WITH_CODE)
@pytest.mark.parametrize("body", [b"", b"<html><body>Maintenance</body></html>", b"{}", b"[[1]]", b'"x"', b"\x00" * 99])
def test_an_answer_of_another_kind_breaks_the_door(key: str, body: bytes) -> None:
    with pytest.raises(NotADoorError):
        found(key, body)


def test_sources_that_read_one_package_share_it() -> None:
    mine = replace(SOURCES["ja-ta"], key="ja-lille", include="#/TA59/", search=())
    doors = doors_of((SOURCES["ja-ta"], mine), NOW)
    assert [[source.key for source in door.sources] for door in doors] == [["ja-ta", "ja-lille"]] * 2
    assert doors[0].readers != doors_of((SOURCES["ja-ta"],), NOW)[0].readers


def test_other_words_read_a_known_package_again() -> None:
    (door, _) = doors_of((SOURCES["ja-ta"],), NOW)
    other = replace(SOURCES["ja-ta"], search=("drone",))
    assert replace(door, sources=(other,)).readers != door.readers


# BOAMP


def test_tenders_are_asked_for_by_words_and_departement() -> None:
    source = replace(SOURCES["boamp"], search=("BriefCam", 'caméra "augmentée"'), area=("59350", "59", "62"))
    (door,) = doors_of((source,), NOW)
    assert door.url.startswith(
        "https://boamp-datadila.opendatasoft.com/api/explore/v2.1/catalog/datasets/boamp/records?"
    )
    where = dict(part.split("=", 1) for part in door.url.partition("?")[2].split("&"))
    assert unquote_plus(where["where"]) == (
        '(search("BriefCam") or search("caméra  augmentée ")) and (code_departement="59" or code_departement="62")'
    )
    assert (unquote_plus(where["order_by"]), where["limit"], "offset" in where) == ("dateparution desc", "100", False)


def test_a_tender_is_a_document_at_its_page_and_noise_of_the_search_is_left() -> None:
    said = found("boamp", official("notices.json"))
    assert (said.seen, said.doors, said.skipped) == (3, (), 0)
    assert [document.url for document in said.documents] == [
        "https://www.boamp.fr/pages/avis/?q=idweb:24-135001",
        "https://boamp-datadila.opendatasoft.com/api/explore/v2.1/catalog/datasets/boamp/records?where=idweb%3D%2224-134990%22",
    ]


@pytest.mark.parametrize(
    ("days", "total", "offset", "following", "skipped"),
    [
        (1, 250, 0, 100, 0),
        (1, 250, 100, 200, 0),
        (1, 100, 0, None, 0),
        (30, 250, 0, None, 0),
        (1, 5000, 900, None, 4000),
    ],
)
def test_further_pages_are_read_while_they_are_recent(
    days: int, total: int, offset: int, following: int | None, skipped: int
) -> None:
    day = f"{NOW - timedelta(days=days):%Y-%m-%d}"
    notices = [{"idweb": f"26-{n}", "objet": "Vidéoprotection", "dateparution": day} for n in range(100)]
    source = SOURCES["boamp"]
    (door,) = doors_of((source,), NOW)
    door = replace(door, url=door.url + (f"&offset={offset}" if offset else ""))
    body = json.dumps({"total_count": total, "results": notices}).encode()
    said = read(door, source, Answer(door.url, body), NOW, first=False)
    assert said.skipped == skipped and len(said.documents) == 100
    assert [next_door.url for next_door in said.doors] == (
        [] if following is None else [door.url.partition("&offset")[0] + f"&offset={following}"]
    )


@pytest.mark.parametrize(
    "page", ["https://evil.example/", "javascript:alert(1)", "https://a:b@www.boamp.fr/x", 7, None]
)
def test_a_tender_never_stands_at_another_sites_address(page: Any) -> None:
    notice = {"idweb": '26-1" or "1', "objet": "Vidéoprotection", "url_avis": page}
    (document,) = found("boamp", json.dumps({"total_count": 1, "results": [notice]}).encode()).documents
    assert document.url.endswith("records?where=idweb%3D%2226-1%5C%22+or+%5C%221%22")


# CNIL


def test_the_packages_of_additions_are_read_newest_first_and_once() -> None:
    said = found("cnil-dila", official("packages.html"))
    home = "https://echanges.dila.gouv.fr/OPENDATA/CNIL/"
    assert [door.url for door in said.doors] == [
        f"{home}CNIL_20241206-203012.tar.gz",
        f"{home}CNIL_20241129-204501.tar.gz",
    ]
    assert all(door.once and door.maxsize for door in said.doors)


@pytest.mark.parametrize("pack", [package(), tarred({"a/CNILTEXT000000000042.xml": official("deliberation.xml")}, "w")])
def test_a_deliberation_stands_at_its_address_on_legifrance(pack: bytes) -> None:
    said = found("cnil-dila", pack, "https://echanges.dila.gouv.fr/OPENDATA/CNIL/CNIL_20241206-203012.tar.gz", "dila")
    assert [document.url for document in said.documents] == [
        "https://www.legifrance.gouv.fr/cnil/id/CNILTEXT000000000042"
    ]
    assert said.documents[0].body == official("deliberation.xml") and said.skipped == 0


# Administrative courts


def test_the_zips_of_this_month_and_the_last_are_asked_for() -> None:
    first_hour = datetime(2025, 12, 31, 23, 30, tzinfo=UTC)  # already January in Paris
    this, last = doors_of((SOURCES["ja-caa"],), first_hour)
    home = "https://opendata.justice-administrative.fr/DCA"
    assert (this.url, this.awaited) == (f"{home}/2026/01/CAA_202601.zip", True)
    assert (last.url, last.awaited) == (f"{home}/2025/12/CAA_202512.zip", False)
    assert this.maxsize == last.maxsize == packed.PACKAGE_BYTES


def test_the_judgments_that_hold_a_word_are_kept_with_their_court() -> None:
    said = found(
        "ja-ta", judgments(), "https://opendata.justice-administrative.fr/DTA/2023/11/TA_202311.zip", "justice"
    )
    assert [document.url.rpartition("/DTA/")[2] for document in said.documents] == [
        "2023/11/TA_202311.zip#/TA59/DTA_2310103_20231129.xml"
    ]
    assert (said.seen, said.skipped) == (2, 0) and said.documents[0].body == official("judgment-lille.xml")


def test_a_source_may_keep_one_court() -> None:
    kept = found("ja-ta", judgments(), search=(), include="#/CAA59/").documents
    assert [document.url.partition("#")[2] for document in kept] == ["/CAA59/DCA_23DA00042_20231123.xml"]


# Parliament


def test_the_questions_of_senators_are_found_by_title_and_theme() -> None:
    said = found("senat-questions", official("questions.csv"))
    first, second = said.entries
    assert first.url == "http://www.senat.fr/questions/base/2026/qSEQ260100101.html"
    assert first.hint.title == "Encadrement de la « vidéo-surveillance » algorithmique dans les communes"
    assert first.hint.published_at == datetime(2026, 1, 15, tzinfo=PARIS) and first.changed_at is None
    assert second.changed_at == datetime(2026, 1, 23, tzinfo=PARIS).astimezone(UTC)
    assert (said.seen, said.skipped) == (3, 0)


def test_the_senats_file_may_turn_to_utf_8() -> None:
    turned = official("questions.csv").decode("latin-1").encode("utf-8-sig")
    assert found("senat-questions", turned) == found("senat-questions", official("questions.csv"))


def test_the_questions_of_deputies_are_found_by_their_text() -> None:
    said = found("an-questions", questions())
    assert [document.url for document in said.documents] == [
        "https://questions.assemblee-nationale.fr/q17/17-4958QE.htm"
    ]
    assert (said.seen, said.skipped) == (2, 0)
    (answered,) = found("an-questions", questions("question-answered.json")).documents
    assert answered.url == said.documents[0].url and answered.digest != said.documents[0].digest


# Rennes


def test_the_towns_magazine_gives_titles_addresses_and_dates() -> None:
    first, second = found("ville-rennes", official("articles.json")).entries
    assert (first.url, first.hint.title) == (
        "https://metropole.rennes.fr/la-ville-consulte-sur-la-videoprotection",
        "La ville consulte sur la vidéoprotection",
    )
    assert first.hint.published_at == datetime(2024, 11, 21, 11, tzinfo=UTC)
    assert (second.url, second.hint.title) == ("https://metropole.rennes.fr/marches-d-hiver", "Marchés d'hiver")


# Words


@pytest.mark.parametrize(
    "text",
    [
        "VIDÉO-PROTECTION",
        "la vidéo\u2010protection",
        "video protection",
        "vidéo\nprotection",
        "vide\u0301oprotection",
        "une caméra augmentée",
        "des caméras  augmentées",
        "l\u2019analyse d\u2019images",
        "Brief Cam",
    ],
)
def test_a_word_is_found_however_it_is_written(text: str) -> None:
    assert seeker(("vidéoprotection", "caméras augmentées", "analyse d'images", "BriefCam"))(text)


def test_a_text_without_the_words_is_not_wanted_and_without_words_all_is() -> None:
    assert not seeker(("vidéoprotection", "analyse d'images"))(
        "Une analyse de l'eau, des images satellites, la protection"
    )
    assert seeker(())("n'importe quoi")


@given(st.text(max_size=30), st.text(max_size=30), st.sampled_from(SOURCES["boamp"].search), st.randoms())
def test_blanks_hyphens_and_case_never_hide_a_word(before: str, after: str, word: str, chance: random.Random) -> None:
    written = "".join(
        chance.choice((letter.upper(), letter, letter + chance.choice("- \u2010\u00ad"))) for letter in word
    )
    assert seeker((word,))(before + written + after)


# Packages made to harm


def test_a_member_that_inflates_without_end_is_left_and_counted() -> None:
    pack = zipped({"bomb.xml": b"\0" * (packed.MEMBER_BYTES + 1), "judgment.xml": official("judgment-lille.xml")})
    assert len(pack) < 50_000
    said = found("ja-ta", pack)
    assert (len(said.documents), said.seen, said.skipped) == (1, 2, 1)


def test_a_zip_inflates_no_further_than_its_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packed, "ZIP_BYTES", 5000)
    members = list(packed.zip_members(zipped({f"{n}.xml": b"x" * 1000 for n in range(20)}), ".xml"))
    assert [body is not None for _, body in members] == [True] * 5 + [False] * 15


def test_a_tar_inflates_no_further_than_its_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packed, "TAR_BYTES", 100_000)
    pack = tarred({"bomb.xml": b"\0" * 10_000_000, "after.xml": b"<a/>"})
    assert len(pack) < 20_000
    assert list(packed.tar_members(pack, ".xml")) == [("bomb.xml", None), ("?.xml", None)]  # the rest cannot be read


def test_a_zip_that_claims_a_huge_table_is_refused() -> None:
    pack = bytearray(zipped({"a.xml": b"<a/>"}))
    struct.pack_into("<I", pack, pack.rfind(b"PK\x05\x06") + 12, packed.INDEX_BYTES + 1)
    with pytest.raises(NotADoorError, match="too many members"):
        list(packed.zip_members(bytes(pack), ".xml"))


def test_links_and_sparse_files_of_a_tar_are_left() -> None:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        link = tarfile.TarInfo("link.xml")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)
        sparse = tarfile.TarInfo("sparse.xml")
        sparse.type, sparse.size = tarfile.GNUTYPE_SPARSE, 0
        archive.addfile(sparse)
    assert list(packed.tar_members(out.getvalue(), ".xml")) == [("link.xml", None), ("sparse.xml", None)]


def test_entities_are_not_resolved() -> None:
    laughs = b'<!DOCTYPE d [<!ENTITY a "BriefCam"><!ENTITY b "&a;&a;"><!ENTITY f SYSTEM "file:///etc/passwd">]>'
    judgment = official("judgment-lille.xml").replace(b"BriefCam", b"&b;&f;").replace(b"faciale", b"")
    pack = zipped({"a.xml": judgment.replace(b"<Document>", laughs + b"<Document>")})
    assert found("ja-ta", pack, search=("BriefCam", "root")).documents == ()


@given(st.data())
def test_no_mutation_of_a_package_is_more_than_a_broken_door(data: st.DataObject) -> None:
    key, body, url, kind = data.draw(
        st.sampled_from(
            [
                ("ja-ta", judgments(), "", ""),
                ("an-questions", questions(), "", ""),
                ("cnil-dila", package(), "https://echanges.dila.gouv.fr/CNIL_20241206-203012.tar.gz", "dila"),
                ("cnil-dila", tarred({"a.xml": b"<a/>"}, "w"), "https://a.fr/CNIL_20241206-203012.tar.gz", "dila"),
                ("boamp", official("notices.json"), "", ""),
                ("senat-questions", official("questions.csv"), "", ""),
                ("ville-rennes", official("articles.json"), "", ""),
            ]
        )
    )
    spoiled = bytearray(body)
    for place in data.draw(st.lists(st.integers(0, len(body) - 1), max_size=8)):
        spoiled[place] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(body)))
    with suppress(NotADoorError):
        found(key, bytes(spoiled[:cut] if data.draw(st.booleans()) else spoiled), url, kind)


# Doors that need no code, on pages of their form


def press(key: str, kind: str, url: str, file: str) -> dict[str, Any]:
    said = found(key, (PRESS / file).read_bytes(), url, kind)
    return {entry.url: entry.hint for entry in said.entries}


@pytest.mark.parametrize(
    ("key", "paths"),
    [
        (
            "lille",
            ["enquete/lille/2024/11/21/un-logiciel-discret", "complement-denquete/lille/2024/11/22/la-ville-repond"],
        ),
        ("lyon", ["decryptage/lyon/2024/11/20/les-comptes-du-stade"]),
        ("nantes", []),
    ],
)
def test_each_edition_of_mediacites_takes_its_own_of_the_common_feed(key: str, paths: list[str]) -> None:
    said = press(f"mediacites-{key}", "feed", "https://www.mediacites.fr/feed/", "mediacites-feed.xml")
    assert list(said) == [f"https://www.mediacites.fr/{path}/" for path in paths]


def test_a_follow_up_of_mediacites_has_its_date_and_title() -> None:
    said = press("mediacites", "feed", "https://www.mediacites.fr/feed/", "mediacites-feed.xml")
    assert len(said) == 4
    hint = said["https://www.mediacites.fr/complement-denquete/lille/2024/11/22/la-ville-repond/"]
    assert hint.title == "Complément d’enquête : la ville répond"
    assert hint.published_at == datetime(2024, 11, 22, 16, tzinfo=UTC)


def test_a_restricted_article_of_mediacites_is_a_teaser_without_its_box() -> None:
    url = "https://www.mediacites.fr/enquete/lille/2024/11/21/un-logiciel-discret/"
    html = (PRESS / "mediacites-article.html").read_bytes()
    capture = Capture(
        "1", url, NOW, 200, (("Content-Type", "text/html; charset=utf-8"),), html, source="mediacites-lille"
    )
    article = extract(capture, SOURCES["mediacites-lille"])
    assert (article.access, article.published_from) == ("teaser", "meta")
    assert "BriefCam" in article.text and "reconnaissance" not in article.text and "abonnez" not in article.text.lower()


@pytest.mark.parametrize(
    ("key", "file", "titles"),
    [
        (
            "leprogres",
            "ebra-archive.html",
            {
                "faits-divers-justice/2024/11/21/des-cameras-dans-dix-rues": "Des caméras dans dix rues",
                "politique/2024/11/20/le-conseil-vote-le-budget": "Le conseil vote le budget",
                "societe/2024/11/21/un-marche-rouvre": "Un marché rouvre",
            },
        ),
        (
            "leparisien",
            "leparisien-archive.html",
            {
                "paris-75/des-cameras-augmentees-21-11-2024-ABCDEFGHIJ0123456789KLMN.php": "Des caméras augmentées",
                "sports/la-fin-d-un-match-21-11-2024-ZYXWVUTSRQ0123456789KLMN.php": "La fin d'un match",
            },
        ),
    ],
)
def test_a_day_archive_names_its_articles(key: str, file: str, titles: dict[str, str]) -> None:
    url = NOW.strftime(SOURCES[key].archive[0])
    said = press(key, "archive", url, file)
    assert {url.removeprefix(SOURCES[key].home): hint.title for url, hint in said.items()} == titles


@pytest.mark.parametrize("key", [key for key, source in SOURCES.items() if source.archive and not source.closed])
def test_every_day_archive_is_asked_for_today_and_yesterday(key: str) -> None:
    doors = [door.url for door in doors_of((SOURCES[key],), NOW) if door.kind == "archive"]
    days = (NOW.astimezone(PARIS), NOW.astimezone(PARIS) - timedelta(days=1))
    assert doors == list(dict.fromkeys(day.strftime(pattern) for pattern in SOURCES[key].archive for day in days))


def test_a_prefectures_list_gives_pages_and_pdfs_with_their_dates() -> None:
    url = "https://www.haute-savoie.gouv.fr/Actualites/Espace-presse/Communiques-de-presse-2024"
    page, pdf = press("prefecture-haute-savoie", "archive", url, "prefecture-listing.html").items()
    assert page[0] == f"{url}/Trois-communes-autorisees" and page[1].published_at == datetime(
        2024, 11, 21, tzinfo=PARIS
    )
    assert pdf[0].endswith("/file/communique.pdf") and pdf[1].published_at == datetime(2024, 11, 19, tzinfo=PARIS)
    assert pdf[1].title == "Arrêté sur les caméras des gendarmes"
