"""The catalogue: every declared source is walked; the loader is strict, and says all that is wrong at once."""

from __future__ import annotations

import re
import subprocess
import sys
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from cssselect import HTMLTranslator
from hypothesis import given
from hypothesis import strategies as st

from crawler.area_names import area_code
from crawler.coverage import PROVENANCE
from crawler.sources import DOORS, SHORTEST_DELAY, Source, load_sources, select
from pipeline.areas import COLLECTIVITES, DEPARTEMENTS, covers, departement, is_area
from pipeline.records import MistakeError

SOURCES = load_sources()
each_source = pytest.mark.parametrize("source", SOURCES.values(), ids=SOURCES.keys())

# Addresses of articles as they were read in public material, or of the same form (« un-titre »).
EXAMPLES = {
    "mediacites": "https://www.mediacites.fr/enquete/lille/2026/02/13/municipales-2026-a-lille-le-baly-2026-peut-il-faire-mieux-que-le-baly-2020/",
    "mediacites-lille": "https://mediacites.fr/breve/lille/2026/02/13/un-titre",
    "mediacites-nantes": "https://www.mediacites.fr/decryptage/nantes/2024/11/21/un-titre/",
    "mediapart": "https://www.mediapart.fr/journal/international/020826/les-jours-comptes-de-gianni-infantino-la-tete-du-football-mondial",
    "mediapart-blogs": "https://blogs.mediapart.fr/elba/blog/260619/violences-policieres-bombe-retardement-mediatique",
    "disclose": "https://disclose.ngo/fr/article/disclose-partage-ses-methodes-et-outils-pour-enqueter",
    "reflets": "https://reflets.info/articles/la-justice-des-bots-c-est-maintenant",
    "next": "https://next.ink/brief_article/firefox-112-0-1-corrige-bug-genant-avec-cookies/",
    "rue89strasbourg": "https://www.rue89strasbourg.com/programme-florian-kobryn-municipales-2026-strasbourg-365805",
    "rue89lyon": "https://www.rue89lyon.fr/2026/01/06/bruno-bernard-propose-la-gratuite-aux-enfants-dabonnes-tcl/",
    "rue89bordeaux": "https://rue89bordeaux.com/2026/09/une-marche-pour-le-climat-et-le-vivant-ce-26-septembre-a-bordeaux/",
    "marsactu": "https://marsactu.fr/municipales-2026-martine-vassal-devoile-un-peu-ses-ambitions-culturelles-pour-marseille/",
    "lavoixdunord": "https://www.lavoixdunord.fr/1603743/article/2025-07-06/municipales-mouvaux-charles-delavenne-sera-candidat-la-tete-d-une-liste",
    "paris-normandie": "https://www.paris-normandie.fr/id717021/article/2026-05-11/etoiles-gourmandes-2026-bibous-burgers-des-burgers-faits-maison-aux-saveurs",
    "ouest-france": "https://www.ouest-france.fr/societe/ruralites/tu-es-un-peu-le-maire-sans-lecharpe-les-secretaires-de-mairie-espece-en-voie-de-disparition-1b28e6b2-66d4-11f0-bb8e-c5b2af864a8a",
    "letelegramme": "https://www.letelegramme.fr/finistere/landerneau-29800/a-landerneau-une-journee-pour-celebrer-la-culture-bretonne-le-25-juillet-avec-fest-e-landerne-7086034.php",
    "leprogres": "https://www.leprogres.fr/faits-divers-justice/2024/04/15/tests-adn-le-signalement-ne-correspond-pas-a-xavier-dupont-de-ligonnes",
    "ledauphine-isere": "https://www.ledauphine.com/faits-divers-justice/2026/07/04/incendie-en-zone-montagneuse-115-hectares-brules-170-sapeurs-pompiers-engages",
    "leparisien": "https://www.leparisien.fr/meteo/tempete-ciaran-des-records-de-vent-ont-ils-ete-enregistres-pres-de-chez-vous-02-11-2023-XVZ4H2T3AZGRZAUUQLK7XEX2ZE.php",
    "20minutes": "https://www.20minutes.fr/societe/4060503-20231102-tempete-ciaran-pluie-rafales-vent-quoi-attendre-nouvelle-aquitaine",
    "laprovence": "https://www.laprovence.com/article/societe/32963667342845/un-echange-gagnant-gagnant-a-arles",
    "lamontagne": "https://www.lamontagne.fr/saint-flour-15100/actualites/le-nouveau-reseau-electrique-de-la-rue-marchande-inaugure_11425042/",
    "bfm-grand-lille": "https://www.bfmtv.com/grand-lille/nord-comment-le-golf-de-ronchin-s-adapte-a-la-secheresse_AV-202208090213.html",
    "gazette-communes": "https://www.lagazettedescommunes.com/977501/le-marche-de-la-probite-un-business-qui-tourne-bien",
    "maire-info": "https://www.maire-info.com/lois/zfe-et-zan-le-conseil-constitutionnel-sauve-deux-dispositifs-controverses-article-30811",
    "f3-nord": "https://france3-regions.franceinfo.fr/hauts-de-france/nord-0/a1-mise-en-place-de-la-regulation-de-vitesse-sur-une-portion-de-l-autoroute-entre-lille-et-paris-2626936.html",
    "france3-regions": "https://france3-regions.franceinfo.fr/hauts-de-france/secheresse-de-nouvelles-restrictions-d-eau-renforcees-dans-les-hauts-de-france-3391894.html",
    "ville-lille": "https://www.lille.fr/Actualites/Comprendre-la-qualite-de-l-air-a-Lille",
    "ville-nantes": "https://metropole.nantes.fr/actualites/les-chantiers-de-l-ete-2026-preparent-les-transports-en-commun-de-demain",
    "ville-paris-presse": "https://presse.paris.fr/communiques/10313",
    "roubaixxl": "https://www.roubaixxl.fr/ambassadeurs-pour-faire-progresser-egalite/",
    "cnil": "https://www.cnil.fr/fr/RGPD-analyse-impact-protection-des-donnees-aipd",
    "ta-sites": "https://paris.tribunal-administratif.fr/decisions-de-justice/dernieres-decisions/tour-triangle-le-tribunal-rejette-les-recours",
    "senat-questions": "https://www.senat.fr/questions/base/2026/qSEQ260107446.html",
    "an-questions": "https://questions.assemblee-nationale.fr/q17/17-4958QE.htm",
    "prefecture-nord": "https://www.nord.gouv.fr/Actualites/Actualites/Barometre-industriel-de-l-Etat-Hauts-de-France-Mars-2026",
    "prefecture-isere": "https://www.isere.gouv.fr/Actualites/Espace-presse/Communiques-de-presse/Inscription-obligatoire-au-SIA-pour-les-detenteurs-d-armes-avant-le-31-decembre-2024",
    "technopolice": "https://technopolice.fr/blog/mise-a-jour-de-la-technocarte/",
    "technopolice-forum": "https://forum.technopolice.fr/topic/405/cartographier-la-surveillance",
    "legalis": "https://www.legalis.net/jurisprudences/tribunal-administratif-de-cergy-pontoise-jugement-du-04-fevrier-2019/",
}  # fmt: skip


def addresses(source: Source) -> tuple[str, ...]:
    return (
        *source.feed,
        *source.sitemap,
        *source.listing,
        *source.page,
        *source.archive,
        *source.history,
        *source.data,
    )


# The catalogue


@each_source
def test_a_source_is_well_declared(source: Source) -> None:
    assert source.name and source.area, f"{source.declared_in}: give it a name and an area"
    assert source.closed or any(getattr(source, door) for door in DOORS), f"{source.declared_in}: give it a door"
    assert source.delay >= SHORTEST_DELAY, f"{source.declared_in}: slow it down"
    assert source.declared_in.endswith(f".toml [{source.key}]")


@each_source
def test_an_area_is_an_official_code(source: Source) -> None:
    for code in source.area:
        assert code == "national" or departement(code) in DEPARTEMENTS, f"{source.declared_in}: {code} is no INSEE code"


@each_source
def test_the_addresses_are_of_sites_and_asked_for_in_clear(source: Source) -> None:
    for url in (*addresses(source), *([source.home] if source.home else [])):
        parts = urlsplit(url)
        assert parts.scheme in ("http", "https") and "." in parts.netloc and "@" not in parts.netloc, url
    assert len(set(addresses(source))) == len(addresses(source)), f"{source.declared_in}: an address stands twice"


@each_source
def test_the_selectors_and_patterns_can_be_read(source: Source) -> None:
    for selector in filter(None, (source.links, source.paid_marker, source.body)):
        assert HTMLTranslator().css_to_xpath(selector)
    for pattern in filter(None, (source.include, source.exclude)):
        assert re.compile(pattern).search(source.home) is None, f"{source.declared_in}: the home page is no article"


@each_source
def test_a_watched_page_is_let_in_by_its_own_source(source: Source) -> None:
    for url in source.page:
        assert re.search(source.include, url), f"{source.declared_in}: its include = '{source.include}' bars {url}"


@each_source
def test_the_provenance_is_one_that_is_explained(source: Source) -> None:
    for code in source.provenance.split():
        assert code in PROVENANCE, f"{source.declared_in}: say in crawler/coverage.py what {code} means"
    if not source.closed:
        assert source.provenance or source.note, f"{source.declared_in}: say where its addresses were read"


@pytest.mark.parametrize(("key", "url"), EXAMPLES.items(), ids=EXAMPLES.keys())
def test_a_known_article_is_let_in(key: str, url: str) -> None:
    include = SOURCES[key].include
    assert include and re.search(include, url), (
        f"{SOURCES[key].declared_in}: widen include = '{include}' to let in {url}"
    )


@pytest.mark.parametrize("key", [key for key, source in SOURCES.items() if source.archive])
def test_an_archive_names_the_day_or_the_year(key: str) -> None:
    for pattern in SOURCES[key].archive:
        assert date(2024, 11, 3).strftime(pattern) != date(2025, 12, 21).strftime(pattern)


def test_the_day_archives_have_the_order_of_their_group() -> None:
    day = date(2024, 11, 3)
    assert day.strftime(SOURCES["dna"].archive[0]) == "https://www.dna.fr/archives/2024/03-11"
    assert day.strftime(SOURCES["20minutes"].archive[0]) == "https://www.20minutes.fr/archives/2024/11-03"
    assert day.strftime(SOURCES["leparisien"].archive[0]) == "https://www.leparisien.fr/archives/2024/03112024/"


def test_the_catalogue_is_as_wide_as_promised() -> None:
    assert sum(not source.closed for source in SOURCES.values()) >= 150
    needed = """mediacites mediacites-national mediacites-lille mediacites-lyon mediacites-toulouse mediacites-nantes
        lavoixdunord nordeclair nordlittoral f3-nord ici-nord bfm-grand-lille ville-lille ville-lille-groupes mel
        ville-roubaix roubaixxl ville-tourcoing cnil cnil-dila boamp lilleverte faire-respirer-lille laquadrature"""
    assert [key for key in needed.split() if key not in SOURCES or SOURCES[key].closed] == []


def test_what_may_not_be_crawled_is_closed_with_its_reason() -> None:
    assert "robots.txt" in SOURCES["maville"].closed
    assert all(len(source.closed) > 10 for source in SOURCES.values() if source.closed)


def test_the_editions_of_mediacites_share_a_feed_and_part_its_articles() -> None:
    editions = [SOURCES[f"mediacites-{city}"] for city in ("lille", "lyon", "toulouse", "nantes")]
    assert {edition.feed for edition in editions} == {("https://www.mediacites.fr/feed/",)}
    takers = [e.key for e in editions if re.search(e.include, "https://mediacites.fr/enquete/lyon/2025/04/10/un-titre")]
    assert takers == ["mediacites-lyon"]


def test_listing_the_sources_needs_no_heavy_library() -> None:
    code = "import sys, crawler.sources as s; s.load_sources(); print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout.split()
    assert not {"scrapy", "twisted", "lxml", "trafilatura", "duckdb", "typer"} & set(loaded)


# A user's own file


def write(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "sources.toml"
    path.write_text(text, encoding="utf-8")
    return path


GOOD = """
[ma-ville]
name = "Ma ville"
kind = "municipal"
area = "59009"
listing = ["https://www.ma-ville.fr/actualites", "https://www.ma-ville.fr/presse"]
links = "main a"
delay = 2
documents = true
"""


def test_a_users_source_joins_the_others(tmp_path: Path) -> None:
    sources = load_sources(write(tmp_path, GOOD))
    mine = sources["ma-ville"]
    assert len(sources) == len(SOURCES) + 1
    assert (mine.area, mine.delay, mine.documents) == (("59009",), 2.0, True)
    assert mine.listing == ("https://www.ma-ville.fr/actualites", "https://www.ma-ville.fr/presse")
    assert mine.declared_in == "sources.toml [ma-ville]"


def test_a_users_table_replaces_the_built_in_one_whole(tmp_path: Path) -> None:
    mine = load_sources(write(tmp_path, GOOD.replace("[ma-ville]", "[mediacites-lille]")))["mediacites-lille"]
    assert mine.name == "Ma ville" and mine.feed == () and mine.include == ""


def test_the_defaults_of_a_file_are_for_that_file_alone(tmp_path: Path) -> None:
    text = '[default]\nkind = "association"\nowner = "Nous"\n[a]\nname = "A"\narea = ["national"]\nfeed = "https://a.fr/f"\n'
    sources = load_sources(
        write(tmp_path, text + '[b]\nname = "B"\narea = "2A"\nowner = "Eux"\npage = "https://b.fr/"\n')
    )
    assert [(sources[key].kind, sources[key].owner) for key in "ab"] == [
        ("association", "Nous"),
        ("association", "Eux"),
    ]
    assert sources["laquadrature"].owner == "" and "default" not in sources


def test_a_file_that_is_not_there_adds_nothing(tmp_path: Path) -> None:
    assert load_sources(tmp_path / "sources.toml") == SOURCES


def test_loopback_alone_may_be_asked_without_a_pause(tmp_path: Path) -> None:
    fast = GOOD.replace("delay = 2", "delay = 0")
    local = fast.replace("https://www.ma-ville.fr", "http://127.0.0.1:8080")
    assert load_sources(write(tmp_path, local))["ma-ville"].delay == 0.0
    with pytest.raises(MistakeError, match=r"delay = 0: from 0\.5"):
        load_sources(write(tmp_path, fast))


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('feeed = "https://a.fr/"', "unknown key « feeed », did you mean « feed »?"),
        ('paid-marker = "div"', "unknown key « paid-marker », did you mean « paid_marker »?"),
        ('kind = "municipale"', "unknown kind « municipale », did you mean « municipal »? (one of investigative"),
        ('area = ["Lille"]', "area = « Lille »: write its code, 59350"),
        ('area = ["20004"]', "area = « 20004 »: write the INSEE code of a commune (59350)"),
        ('area = ["59350", "59350"]', "area: the same place twice"),
        ("area = []", "« area » is a text or a list of texts"),
        ("area = 59350", "« area » is a text"),
        ('name = " "', "« name » is a text that is not empty"),
        ("include = '(('", "include: no regular expression"),
        ('body = "div["', "body: « div[ » is no CSS selector"),
        ('feed = "ftp://a.fr/feed"', "feed: « ftp://a.fr/feed » does not begin with http:// or https://"),
        ('feed = "file:///etc/passwd"', "feed: « file:///etc/passwd » does not begin with http://"),
        ('feed = "www.a.fr/feed"', "feed: « www.a.fr/feed » does not begin with http://"),
        ('feed = "https://a.fr/un titre"', "feed: « https://a.fr/un titre » is no address"),
        ('feed = "https://[::1"', "feed: « https://[::1 » is no address"),
        ('feed = ["https://a.fr/", 3]', "« feed » is a text or a list of texts"),
        ('home = ["https://a.fr/"]', "« home » is a text that is not empty"),
        ('archive = "https://a.fr/archives"', "archive: « https://a.fr/archives » needs the codes %Y, %m and %d"),
        ('archive = "https://a.fr/%Y/%-d"', "archive: « https://a.fr/%Y/%-d » needs the codes %Y, %m and %d"),
        ("delay = 0.1", "delay = 0.1: from 0.5 to 3600 seconds"),
        ("delay = nan", "delay = nan: from"),
        ("delay = true", "« delay » is a number of seconds"),
        ('documents = "oui"', "« documents » is true or false"),
        ('spider = "../boamp"', "is no name of a module"),
        ('spider = "boanp"', "spider = « boanp » is no module that is known, did you mean « boamp »?"),
        ('spider = "lookout"', "spider = « lookout » is no module that is known: one of assemblee, boamp"),
        ('spider = "boamp"', "« spider » reads the addresses of « data », and there are none"),
        ('robots = "ignore"', "unknown key « robots »: one of name, kind, area"),
    ],
)
def test_a_fault_is_named_with_its_place(tmp_path: Path, line: str, said: str) -> None:
    lines = {
        "name": 'name = "A"',
        "kind": 'kind = "regional"',
        "area": 'area = ["59"]',
        "page": 'page = "https://a.fr/"',
    }
    lines[line.partition(" = ")[0]] = line
    with pytest.raises(MistakeError) as caught:
        load_sources(write(tmp_path, "[a]\n" + "\n".join(lines.values())))
    (message,) = str(caught.value).splitlines()
    assert message.startswith("sources.toml [a]: ") and said in message


def test_every_fault_is_said_at_once(tmp_path: Path) -> None:
    text = """
        perdu = 1
        [ma-ville]
        name = "Ma ville"
        feeed = "https://www.ma-ville.fr/rss"
        [Ma_Ville]
        name = "Ma ville"
        kind = "municipal"
        area = "59350"
        page = "https://www.ma-ville.fr/"
        [sans-porte]
        name = "Sans porte"
        kind = "municipal"
        area = "59350"
        links = "a"
    """
    with pytest.raises(MistakeError) as caught:
        load_sources(write(tmp_path, text))
    assert [line.split(": ")[0] for line in str(caught.value).splitlines()] == [
        "sources.toml [perdu]",
        *["sources.toml [ma-ville]"] * 3,
        "sources.toml [Ma_Ville]",
        *["sources.toml [sans-porte]"] * 2,
    ]


def test_a_password_in_an_address_is_refused_and_not_repeated(tmp_path: Path) -> None:
    with pytest.raises(MistakeError, match="no credentials") as caught:
        load_sources(write(tmp_path, GOOD.replace("https://www", "https://moi:secret@www")))
    assert "secret" not in str(caught.value)


def test_a_message_carries_no_control_character_to_the_terminal(tmp_path: Path) -> None:
    with pytest.raises(MistakeError) as caught:
        load_sources(write(tmp_path, GOOD + 'feed = "https://a.fr/\\u001b]0;x"'))
    assert "\x1b" not in str(caught.value)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"[a]\nname = \n", "no TOML, or a table stands twice: Invalid value (at line 2, column 8)"),
        (
            b'[a]\nname = "A"\n[a]\nname = "B"\n',
            "a table stands twice: Cannot declare ('a',) twice (at line 3, column 3)",
        ),
        (b'[a]\nname = "\xe9t\xe9"\n', "it is not in UTF-8 (byte 12)"),
        (b'[default]\nkinds = "regional"\n', "sources.toml [default]: unknown key « kinds », did you mean « kind »?"),
    ],
)
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "sources.toml"
    path.write_bytes(content)
    with pytest.raises(MistakeError, match=r"^sources\.toml ?") as caught:
        load_sources(path)
    assert said in str(caught.value)


def test_a_file_saved_by_notepad_is_read(tmp_path: Path) -> None:
    path = tmp_path / "sources.toml"
    path.write_bytes(b"\xef\xbb\xbf" + GOOD.encode())
    assert "ma-ville" in load_sources(path)


def test_a_folder_in_place_of_the_file_is_the_users_mistake(tmp_path: Path) -> None:
    (tmp_path / "sources.toml").mkdir()
    with pytest.raises(MistakeError, match=r"cannot be read .*: it should be a TOML file"):
        load_sources(tmp_path / "sources.toml")


# Choosing


def test_keys_are_chosen_in_their_order_and_once() -> None:
    chosen = select(SOURCES, keys=["cnil", "ville-lille", "cnil"])
    assert [source.key for source in chosen] == ["cnil", "ville-lille"]
    assert len(select(SOURCES)) == len(SOURCES)


def test_a_place_brings_what_lies_in_it_and_around_it() -> None:
    lille = {source.key for source in select(SOURCES, area="59350")}
    assert {"ville-lille", "mediacites-lille", "lavoixdunord", "mel", "f3-nord"} <= lille
    assert not {"ville-roubaix", "cnil", "mediacites-lyon"} & lille
    assert "ville-roubaix" in {source.key for source in select(SOURCES, area="59")}
    assert {source.key for source in select(SOURCES, area="59350", include_national=True)} >= {"cnil", "ville-lille"}
    assert all("national" in source.area for source in select(SOURCES, area="national"))


def test_a_kind_narrows_an_area() -> None:
    chosen = select(SOURCES, kind="municipal", area="59350")
    assert {source.key for source in chosen} == {"mel", "ville-lille", "ville-lille-groupes"}


def test_what_cannot_be_chosen_is_said_at_once_with_what_is_near() -> None:
    with pytest.raises(MistakeError) as caught:
        select(SOURCES, keys=["ville_lille", "cnill"], kind="municipale", area="Lile")
    first, second, third, fourth = str(caught.value).splitlines()
    assert first.startswith("unknown source « ville_lille », did you mean « ville-lille »")
    assert "« cnil »" in second and "`vigie sources list`" in second and "« municipal »" in third
    assert fourth.startswith("unknown area « Lile », did you mean ") and "Lille (59350)" in fourth


@pytest.mark.parametrize(
    ("word", "code"),
    [
        ("roubaix", "59512"),
        ("Saint-Étienne-du-Rouvray", "76575"),
        ("nord", "59"),
        ("2a", "2A"),
        ("National", "national"),
    ],
)
def test_an_area_may_be_named(word: str, code: str) -> None:
    assert area_code(word) == code
    assert select(SOURCES, area=word) == select(SOURCES, area=code)


def test_a_name_of_several_communes_is_answered_with_their_codes() -> None:
    with pytest.raises(MistakeError, match=r"« saint-denis » is the name of \d+ communes.*93066 Saint-Denis") as caught:
        select(SOURCES, area="saint-denis")
    with pytest.raises(MistakeError) as again:
        area_code("saint-denis")
    assert str(again.value) == str(caught.value) and "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("here", "wanted", "expected"),
    [
        ("59", "59350", True),
        ("59350", "59", True),
        ("59350", "59350", True),
        ("59350", "59512", False),
        ("59", "62", False),
        ("2A", "2A004", True),
        ("2B", "2A004", False),
        ("974", "97411", True),
        ("97", "97411", False),
        ("971", "97411", False),
        ("75", "75112", True),
        ("75056", "75112", True),
        ("69123", "69383", True),
        ("13055", "13216", True),
        ("13055", "13217", False),
        ("national", "national", True),
        ("national", "59350", False),
        ("59350", "national", False),
        ("01", "01", True),
    ],
)
def test_what_a_place_covers(here: str, wanted: str, expected: bool) -> None:
    assert covers(here, wanted) is expected


codes = st.sampled_from([*DEPARTEMENTS, *COLLECTIVITES, "national"]) | st.from_regex(
    r"\A(0[1-9]|[1-8][0-9]|9[0-5]|2[AB]|97[1-6])[0-9]{3}\Z"
).filter(is_area)


@given(codes, codes)
def test_covering_is_mutual_and_of_oneself(one: str, other: str) -> None:
    assert covers(one, one)
    assert covers(one, other) == covers(other, one)


def test_the_list_of_departements_is_whole() -> None:
    assert len(DEPARTEMENTS) == 101 and "20" not in DEPARTEMENTS
    assert not is_area("") and not is_area("5935") and not is_area("593501") and not is_area("20004")
