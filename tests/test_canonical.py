"""One address for one article: the variants that circulate become one, two articles never do."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.canonical import MOVED, canonical_url, page_canonical

ARTICLE = "https://mediacites.fr/enquete/lille/2024/11/21/lille-et-ses-cameras"

SAME = [
    "https://www.mediacites.fr/enquete/lille/2024/11/21/lille-et-ses-cameras/",
    "http://mediacites.fr/enquete/lille/2024/11/21/lille-et-ses-cameras",
    "HTTPS://WWW.Mediacites.FR:443/enquete/lille/2024/11/21/lille-et-ses-cameras/",
    "http://mediacites.fr:80/enquete/lille//2024/11/./21/x/../lille-et-ses-cameras",
    "https://lecteur:secret@www.mediacites.fr/enquete/lille/2024/11/21/lille-et-ses-cameras",
    "https://mediacites.fr./enquete/lille/2024/11/21/lille-et-ses-cameras",
    "https://www.mediacites.fr/enquete/lille/2024/11/21/lille-et-ses-cameras/?utm_source=rss&utm_medium=feed#xtor=RSS-1",
    "https://www.mediacites.fr/enquete/lille/2024/11/21/lille-et-ses-cameras?xtor=EPR-2&fbclid=IwAR0&at_medium=Social",
    "https://www.mediacites.fr/enquete/lille/2024/11/21/lille-et-ses-cameras#commentaires",
    "https://www.mediacites.fr/amp/enquete/lille/2024/11/21/lille-et-ses-cameras/",
    "https://amp.mediacites.fr/enquete/lille/2024/11/21/lille-et-ses-cameras",
    "https://www.mediacites.fr/enquete/lille/2024/11/21/lille-et-ses-cameras/amp/",
    "https://www.mediacites.fr/enquete/lille/2024/11/21/lille-et-ses-cameras/?amp=1",
    "https://www.mediacites.fr/enquete/lille/2024/11/21/lille-et-ses-cameras/?outputType=amp",
    "https://www-mediacites-fr.cdn.ampproject.org/c/s/www.mediacites.fr/enquete/lille/2024/11/21/lille-et-ses-cameras/",
    "https://www.google.fr/amp/s/www.mediacites.fr/enquete/lille/2024/11/21/lille-et-ses-cameras/",
    "https://m.mediacites.fr/enquete/lille/2024/11/21/lille%2Det%2Dses%2dcameras",
    " https://mediacites.fr/enquete/lille/2024/11/21/lille-et-ses-cameras\n",
]

OTHERS = [
    ("https://exemple.fr/?p=123", "https://exemple.fr/?p=124"),
    ("https://maire-info.com/article.asp?param=28000", "https://maire-info.com/article.asp?param=28001"),
    ("http://sauvonsluniversite.fr/spip.php?article8532", "http://sauvonsluniversite.fr/spip.php?article8533"),
    ("https://exemple.fr/a?page=2", "https://exemple.fr/a"),
    ("https://exemple.fr/Actualites/Un", "https://exemple.fr/actualites/un"),
    ("https://exemple.fr:8080/a", "https://exemple.fr/a"),
    ("https://data.exemple.fr/#/entity/1", "https://data.exemple.fr/#/entity/2"),
    ("https://lille.exemple.fr/a", "https://exemple.fr/a"),
    ("https://exemple.fr/a?format=ample", "https://exemple.fr/a"),
    ("https://exemple.fr/a?at_id=4", "https://exemple.fr/a?at_id=5"),
    ("https://exemple.fr/amp", "https://exemple.fr"),
    ("https://exemple.fr/a%2Fb", "https://exemple.fr/a/b"),
]


@pytest.mark.parametrize("variant", SAME)
def test_variants_have_one_address(variant: str) -> None:
    assert canonical_url(variant) == ARTICLE


@pytest.mark.parametrize(("one", "other"), OTHERS)
def test_two_articles_keep_two_addresses(one: str, other: str) -> None:
    assert canonical_url(one) != canonical_url(other)


@pytest.mark.parametrize(("old", "new"), MOVED.items())
def test_moved_hosts_are_followed(old: str, new: str) -> None:
    assert canonical_url(f"https://www.{old}/a/b.html") == f"https://{new}/a/b.html"
    assert canonical_url(f"https://regions.{old}/a") == f"https://regions.{new}/a"
    assert canonical_url(f"https://not{old}/a") == f"https://not{old}/a"


@pytest.mark.parametrize(
    ("url", "wanted"),
    [
        ("https://www.lexemple.fr/a/match_2141546.amp.html", "https://lexemple.fr/a/match_2141546.html"),
        ("https://www.exemple.fr/sante/rumeur_147359.amp", "https://exemple.fr/sante/rumeur_147359"),
        ("https://exemple.fr/spip.php?article8532&utm_source=x", "https://exemple.fr/spip.php?article8532"),
        ("https://exemple.fr/a?b=2&a=1", "https://exemple.fr/a?a=1&b=2"),
        ("https://exemple.fr/été à lille", "https://exemple.fr/%C3%A9t%C3%A9%20%C3%A0%20lille"),
        ("https://exemple.fr/100%", "https://exemple.fr/100%25"),
        ("https://mairie-é.fr/", "https://xn--mairie--hya.fr"),
        ("https://www.fr/", "https://www.fr"),
        ("https://[2001:DB8::1]/a", "https://[2001:db8::1]/a"),
        ("mailto:presse@exemple.fr", "mailto:presse@exemple.fr"),
        ("https://[", "https://["),
        ("https://exemple.fr:port/", "https://exemple.fr:port/"),
        ("", ""),
    ],
)
def test_addresses_by_hand(url: str, wanted: str) -> None:
    assert canonical_url(url) == wanted


_SEGMENT = st.text(st.characters(codec="utf-8"), max_size=12) | st.sampled_from(
    ["amp", "AMP", "..", ".", "", "a.amp", "%41"]
)
_URLS = st.builds(
    lambda scheme, host, path, query, fragment: f"{scheme}://{host}/{'/'.join(path)}?{query}#{fragment}",
    st.sampled_from(["http", "https", "HTTP"]),
    st.sampled_from(["www.exemple.fr", "m.amp.www.exemple.fr:80", "u:p@francebleu.fr", "É.fr", "x.cdn.ampproject.org"]),
    st.lists(_SEGMENT, max_size=5),
    st.text(st.characters(codec="utf-8"), max_size=20)
    | st.sampled_from(["utm_source=a&p=12", "&amp;amp", "outputtype=amp"]),
    st.text(st.characters(codec="utf-8"), max_size=10),
)


@given(_URLS | st.text(max_size=60))
def test_canonical_is_idempotent_and_never_fails(url: str) -> None:
    once = canonical_url(url)
    assert canonical_url(once) == once


@given(_URLS)
def test_canonical_holds_no_credentials_and_is_ascii(url: str) -> None:
    found = canonical_url(url)
    assert found.isascii()
    assert "@" not in urlsplit(found).netloc


@given(
    st.text(st.sampled_from("abcdefghij-0123456789"), min_size=1),
    st.text(st.sampled_from("abcdefghij-0123456789"), min_size=1),
)
def test_plain_slugs_are_never_merged(one: str, other: str) -> None:
    merged = canonical_url(f"https://exemple.fr/info/{one}") == canonical_url(f"https://exemple.fr/info/{other}")
    assert merged == (one == other)


PAGE = "https://www.exemple.fr/lille/2024/11/21/la-ville-et-ses-cameras-123456/"


@pytest.mark.parametrize(
    "declared",
    [
        "https://exemple.fr/nord/la-ville-et-ses-cameras-123456",
        "/nord/la-ville-et-ses-cameras-123456/",
        "//www.exemple.fr/nord/la-ville-et-ses-cameras-123456?utm_source=x",
    ],
)
def test_a_sane_declaration_is_believed(declared: str) -> None:
    assert page_canonical(PAGE, declared) == "https://exemple.fr/nord/la-ville-et-ses-cameras-123456"


@pytest.mark.parametrize(
    "declared",
    [
        None,
        "",
        "https://www.exemple.fr/",
        "https://www.exemple.fr",
        "https://www.exemple.fr/lille/",
        "https://ailleurs.fr/lille/2024/11/21/la-ville-et-ses-cameras-123456/",
        "https://ailleurs.exemple.fr/la-ville-et-ses-cameras-123456/",
        "https://www.exemple.fr/lille/2024/11/22/le-maire-repond-au-journal-654321/",
        "javascript:alert(1)",
        "https://[",
        "http://exemple.fr:99999/",
    ],
)
def test_an_insane_declaration_is_not(declared: str | None) -> None:
    assert page_canonical(PAGE, declared) == canonical_url(PAGE)


@pytest.mark.parametrize(
    ("url", "declared", "wanted"),
    [
        (
            "https://exemple.fr/?p=123",
            "https://exemple.fr/2024/11/la-ville-repond",
            "https://exemple.fr/2024/11/la-ville-repond",
        ),
        (
            "https://exemple.fr/spip.php?article8532",
            "https://exemple.fr/spip.php",
            "https://exemple.fr/spip.php?article8532",
        ),
        ("https://exemple.fr/article.asp?param=28000", "/article.asp", "https://exemple.fr/article.asp?param=28000"),
        ("https://exemple.fr/la-ville-repond?print=1", "/la-ville-repond", "https://exemple.fr/la-ville-repond"),
        (
            "https://m.exemple.fr/a/4060503",
            "https://www.exemple.fr/4060503-la-ville",
            "https://exemple.fr/4060503-la-ville",
        ),
        (
            "https://exemple.fr/le-maire-quitte-la-ville",
            "/la-cnil-ecrit-aux-elus",
            "https://exemple.fr/le-maire-quitte-la-ville",
        ),
    ],
)
def test_declarations_that_drop_or_add_what_names_the_article(url: str, declared: str, wanted: str) -> None:
    assert page_canonical(url, declared) == wanted


@given(_URLS, st.none() | _URLS | st.text(max_size=30))
def test_page_canonical_is_canonical(url: str, declared: str | None) -> None:
    found = page_canonical(url, declared)
    assert canonical_url(found) == found
