"""Capture → Article on small pages written for the project, of the structure of the real ones."""

from __future__ import annotations

import json
import unicodedata
from datetime import UTC, datetime

import pytest
import trafilatura
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.extract import UnreadableError, extract
from pipeline.pages import dates, plain
from pipeline.pages.metadata import people
from pipeline.records import Article, Capture, Hint, Source, article_id

URL = "https://www.exemple.fr/lille/la-ville-et-ses-cameras/"
FETCHED = datetime(2024, 12, 1, 12, tzinfo=UTC)
TITLE = "La ville et ses caméras"
FREE = (
    "La ville de Lille a acheté un logiciel qui relit les images de ses caméras, selon plusieurs documents. "
    "Les élus de l’opposition disent ne pas en avoir été informés. "
)
SECOND = (
    "La mairie répond que l’analyse d’impact a été envoyée à la CNIL il y a trois ans, et qu’elle a fait son travail. "
)
SOLD = "Phrase vendue que seul un abonné devrait lire, où l’on parle de BriefCam. "
SOLD_LD = (
    '<script type="application/ld+json">{"@context": "https://schema.org", "@type": "NewsArticle", '
    '"headline": "La ville et ses caméras", "isAccessibleForFree": %s, "articleBody": "' + SOLD * 30 + '"}</script>'
)
OTHER = {"@type": "NewsArticle", "headline": "Un autre article", "isAccessibleForFree": False}
MENU = (
    '<nav><a href="/">Accueil</a> <a href="/sport">Sports</a></nav><div><a href="/abo">Abonnez-vous dès 1 €</a></div>'
)


def json_ld(value: object) -> str:
    return f'<script type="application/ld+json">{json.dumps(value)}</script>'


def page(body: str, head: str = "", title: str = f"{TITLE} - Le Journal") -> str:
    return (
        f'<!doctype html><html lang="fr"><head><meta charset="utf-8"><title>{title}</title>{head}</head>'
        f"<body>{MENU}<main>{body}</main><footer><p>Le Journal, mentions légales, © 2023</p></footer></body></html>"
    )


def article(*paragraphs: str, after: str = "") -> str:
    return f"<article><h1>{TITLE}</h1>" + "".join(f"<p>{one}</p>" for one in paragraphs) + f"{after}</article>"


def capture(
    body: str | bytes,
    content_type: str = "text/html; charset=utf-8",
    *,
    url: str = URL,
    asked: str = "",
    status: int = 200,
    hint: Hint | None = None,
    door: str | None = None,
) -> Capture:
    content = body.encode("utf-8", "surrogatepass") if isinstance(body, str) else body
    headers = (("Content-Type", content_type),) if content_type else ()
    said = hint or Hint()
    return Capture(
        "c1", url, FETCHED, status, headers, content, requested_url=asked, hint=said, door=door, source="journal"
    )


def source(paid_marker: str = "", body: str = "", name: str = "Le Journal") -> Source:
    return Source("journal", name, "regional", ("59",), paid_marker=paid_marker, body=body)


def read(body: str | bytes, of: Source | None = None, **more: str) -> Article:
    return extract(capture(body, **more), of)  # type: ignore[arg-type]


def test_trafilatura_can_be_imported() -> None:
    """An older pip drops one of its dependencies silently: see lxml_html_clean in pyproject.toml."""
    assert trafilatura.bare_extraction is not None


def test_a_plain_article() -> None:
    head = (
        '<meta property="article:published_time" content="2024-11-21T06:30:00+01:00">'
        '<meta name="author" content="Par Léa Martin">'
    )
    found = read(page(article(FREE * 2, SECOND * 2), head))
    assert found.title == TITLE
    assert found.text == plain.paragraphs(f"{FREE * 2}\n{SECOND * 2}")
    assert found.authors == ("Léa Martin",)
    assert (found.published_at, found.published_from) == (datetime(2024, 11, 21, 5, 30, tzinfo=UTC), "meta")
    assert (found.access, found.language, found.source) == ("full", "fr", "journal")
    assert found.canonical_url == "https://exemple.fr/lille/la-ville-et-ses-cameras"
    assert found.id == article_id(found.canonical_url)


# Paid text


@pytest.mark.parametrize(
    "flag", ["false", '"False"', '"false"', '"http://schema.org/False"', "[false]", '"https://schema.org/False"']
)
@pytest.mark.parametrize("shown", [article("Chapô bref."), article(FREE), article(), "<div>vide</div>"])
def test_sold_text_is_never_read_from_json_ld(flag: str, shown: str) -> None:
    found = read(page(shown, SOLD_LD % flag))
    assert "vendue" not in found.text
    assert found.access in ("teaser", "title")


@pytest.mark.parametrize(
    "spoilt",
    [
        lambda text: text.replace('"@type"', '"@type" oops'),
        lambda text: text.replace('"}</script>', '",}</script>'),
        lambda text: text.replace("{", "<!-- {", 1).replace("</script>", "--></script>"),
        lambda text: text.replace('{"@context"', '{"@type": "WebSite", "name": "x"} {"@context"'),
        lambda text: text.replace(">{", '>{"@graph": [{"@type": "Person"}, {').replace("}</script>", "}]}</script>"),
        lambda text: text.replace(">{", ">[{").replace("}</script>", "}]</script>"),
        lambda text: text.replace("ld+json", "LD+JSON"),
    ],
)
def test_sold_text_is_not_read_from_spoilt_json_ld(spoilt) -> None:  # type: ignore[no-untyped-def]
    found = read(page(article(FREE), spoilt(SOLD_LD % '"False"')))
    assert found.access == "teaser"
    assert "vendue" not in found.text


def test_free_article_whose_text_stands_in_json_ld_alone() -> None:
    found = read(page(article(), SOLD_LD % "true"))
    assert found.access == "full"
    assert found.text.count("Phrase vendue") == 30


def test_undeclared_text_in_json_ld_is_left_where_a_paywall_shows() -> None:
    undeclared = (SOLD_LD % "true").replace('"isAccessibleForFree": true, ', "")
    found = read(page(article(FREE) + '<div class="r-paywall--header">Abonnement</div>', undeclared))
    assert "vendue" not in found.text


def test_a_title_alone() -> None:
    found = read(page("", SOLD_LD % "false"))
    assert (found.access, found.text, found.title) == ("title", "", TITLE)


def test_mediacites_restricted_article() -> None:
    box = (
        '<div class="restrictblock"><p>Nous vous offrons l’accès à cet article</p><p>Pour lire la suite, '
        "connectez-vous ou rejoignez les abonnés de Médiacités.</p></div><p>Lire plus tard</p>"
    )
    found = read(page(article(FREE, SECOND + "Mais …", after=box)), source("div.restrictblock", "main article"))
    assert found.access == "teaser"
    assert found.text == plain.paragraphs(f"{FREE}\n{SECOND}Mais …")


def test_ebra_article() -> None:
    head = json_ld({"@type": "NewsArticle", "headline": TITLE, "isAccessibleForFree": "False"})
    body = (
        f'<h1>{TITLE}</h1><div class="chapo">{SECOND}</div><div class="textComponent"><p>{FREE}</p></div>'
        '<div class="paywall-content"><p>Cet article est réservé aux abonnés</p></div>'
        '<div class="related"><h2>Lire aussi</h2><a href="/z">À Marseille, d’autres caméras, un autre article</a></div>'
    )
    found = read(page(body, head), source(".paywall-content", "div.textComponent"))
    assert found.access == "teaser"
    assert found.text == plain.paragraphs(f"{SECOND}\n{FREE}")


def test_rossel_article() -> None:
    head = (SOLD_LD % "true").replace('"isAccessibleForFree": true, ', "")
    shown = f'<div class="r-not-blurred"><p>{FREE * 2}</p></div>'
    body = f'<h1>{TITLE}</h1>{shown}<div class="r-blurred"><p>{SOLD * 5}</p></div>'
    found = read(page(f"<article>{body}</article>", head), source("div.r-blurred"))
    assert found.access == "teaser"
    assert found.text == plain.paragraphs(FREE * 2)


def test_what_a_marker_marks_in_a_free_article_is_read() -> None:
    html = page(f'<article><h1>{TITLE}</h1><div class="paywall"><p>{FREE * 2}</p><p>{SECOND * 2}</p></div></article>')
    free = html.replace("</head>", json_ld({"@type": "Article", "isAccessibleForFree": "true"}) + "</head>")
    assert read(free, source("div.paywall")).text == plain.paragraphs(f"{FREE * 2}\n{SECOND * 2}")
    assert "CNIL" not in read(html, source("div.paywall")).text


def test_live_page_with_a_placeholder_for_a_body() -> None:
    head = json_ld({"@type": "LiveBlogPosting", "headline": TITLE, "articleBody": "A VOIR"})
    found = read(page(f'<div class="o-lt-show__main"><h1>{TITLE}</h1><p>{FREE * 2}</p><p>{SECOND * 2}</p></div>', head))
    assert "A VOIR" not in found.text
    assert found.text == plain.paragraphs(f"{FREE * 2}\n{SECOND * 2}")


@pytest.mark.parametrize(
    ("head", "marker", "access"),
    [
        ('<meta property="article:content_tier" content="locked">', "", "teaser"),
        ('<meta property="og:article:content_tier" content="free">', "main", "full"),
        ('<meta property="article:content_tier" content="metered">', "", "full"),
        ("", "main article", "teaser"),
        (SOLD_LD % "true", "main article", "full"),
        (json_ld({"@type": "NewsArticle", "hasPart": {"isAccessibleForFree": "False"}}), "", "teaser"),
        (json_ld([{"@type": "NewsArticle", "headline": TITLE}, OTHER]), "", "full"),
        (json_ld([OTHER, {"@type": "Article", "url": URL, "isAccessibleForFree": True}]), "", "full"),
        (json_ld({"@graph": [{"@type": "WebPage", "isAccessibleForFree": "False"}]}), "", "teaser"),
        ('<meta itemprop="isAccessibleForFree" content="false">', "", "teaser"),
        (
            json_ld(
                {
                    "@type": "NewsArticle",
                    "isAccessibleForFree": "http://schema.org/True",
                    "hasPart": {"isAccessibleForFree": "False"},
                }
            ),
            "",
            "full",
        ),
    ],
)
def test_order_of_evidence(head: str, marker: str, access: str) -> None:
    found = read(page(article(FREE * 4, SECOND * 4), head), source(marker))
    assert found.access == access


@pytest.mark.parametrize(
    "wall",
    [
        "<p>Il vous reste 72 % de cet article à lire.</p>",
        "<p>La suite de cet article est réservée aux abonnés.</p>",
        '<div class="paywall"><p>Cet article est réservé à nos abonnés.</p></div>',
        "<p>Article réservé aux abonnés</p>",
        "<div><p>Pour lire la suite, abonnez-vous.</p></div>",
    ],
)
def test_a_sentence_at_the_end_tells_a_teaser_and_stays_out_of_the_text(wall: str) -> None:
    found = read(page(article(FREE, SECOND, after=wall)))
    assert found.access == "teaser"
    assert found.text == plain.paragraphs(f"{FREE}\n{SECOND}")


def test_a_label_in_a_read_also_box_tells_nothing() -> None:
    label = "<span>Article réservé aux abonnés</span>"
    box = f'<div class="related"><p>Lire aussi</p><a href="/z">Autre sujet</a> {label}</div>'
    found = read(
        page(article(FREE, SECOND, after=f"{box}<p>{FREE * 2}</p><p>{SECOND * 2}</p>") + f"<aside>{box}</aside>")
    )
    assert found.access == "full"
    assert found.text.endswith(SECOND.strip())


def test_an_account_to_create_is_a_wall() -> None:
    pitch = (
        "<section class='mur'><h2>Pour lire la suite <br>et accéder gratuitement à 3 articles par mois,<br>créez votre "
        "compte</h2><p>Ou, si vous en avez déjà un, tapez votre mot de passe</p><p>L’édition du jour au kiosque</p>"
        "</section>"
    )
    found = read(page(f"{article(FREE * 3, SECOND * 2)}{pitch}"))
    assert found.access == "teaser"
    assert found.text == plain.paragraphs(f"{FREE * 3}\n{SECOND * 2}")


def test_what_amp_grants_to_subscribers_is_not_read() -> None:
    sections = (
        f"<p>{FREE}</p><section subscriptions-section='content'><p>{SOLD * 9}</p></section>"
        "<section subscriptions-section='content-not-granted'><p>La suite est réservée à nos abonnés.</p></section>"
    )
    amp = f"<article><h1>{TITLE}</h1>{sections}</article>"
    assert "vendue" not in read(page(amp, SOLD_LD % "false")).text
    assert "vendue" in read(page(amp, json_ld({"@type": "NewsArticle", "isAccessibleForFree": True}))).text


def test_a_live_page_whose_posts_stand_in_json_ld_alone() -> None:
    posts = [{"@type": "BlogPosting", "headline": f"Point {n}", "articleBody": FREE} for n in (2, 1)]
    live = {"@type": "LiveBlogPosting", "headline": TITLE, "liveBlogUpdate": posts}
    found = read(page(f"<h1>{TITLE}</h1><div id='live'></div>", json_ld(live)))
    assert (found.access, found.text) == ("full", plain.paragraphs(f"Point 2\n{FREE}\nPoint 1\n{FREE}"))
    sold = json_ld(live | {"isAccessibleForFree": False})
    assert read(page(f"<h1>{TITLE}</h1><div id='live'></div>", sold)).text == ""


# Titles


@pytest.mark.parametrize(
    ("heading", "og", "head_title", "announced", "title"),
    [
        (
            "A Paris, c’est l’été",
            "A Paris, c'est l'été - Le Journal",
            "A Paris, c'est l'été",
            None,
            "A Paris, c’est l’été",
        ),
        ("Le Journal", "Deux ans et demi", "Deux ans et demi - Le Journal", None, "Deux ans et demi"),
        (
            "Le Journal, toute l’actualité",
            "Un titre assez long",
            "Un titre assez long | Le Journal",
            None,
            "Un titre assez long",
        ),
        (
            "Non à la fermeture du service",
            "Pétition : Non à la fermeture du service",
            "",
            None,
            "Non à la fermeture du service",
        ),
        (
            "Un titre de la chronique Abonnés",
            "Un titre de la chronique | Chroniques | Le Journal",
            "",
            None,
            "Un titre de la chronique",
        ),
        ("Ce que voit le lecteur", "Ce que voit le robot", "Ce que voit le lecteur", None, "Ce que voit le lecteur"),
        (
            "Ce que voit le lecteur",
            "Ce que voit le robot",
            "Ce que voit le lecteur",
            "Ce que voit le robot",
            "Ce que voit le robot",
        ),
        ("", "", "Un titre : avec deux points - exemple.fr", None, "Un titre : avec deux points"),
        ("Seul titre de la page", "", "Mairie", None, "Seul titre de la page"),
        ("LA VILLE FILME", "La ville filme", "", None, "La ville filme"),
        ("", "", "", "Ce que dit le flux", "Ce que dit le flux"),
        ("L&#039;été &amp; la CNIL", "L&amp;#039;été &amp; la CNIL", "", None, "L'été & la CNIL"),
        # a colon in the announced title divides nothing where the whole of it stands in the page
        (
            "Haubourdin Une caméra en panne : trois élus répondent",
            "Haubourdin. Une caméra en panne : trois élus répondent",
            "Métropole | Une caméra en panne : trois élus répondent",
            "Une caméra en panne : trois élus répondent",
            "Une caméra en panne : trois élus répondent",
        ),
        (
            "",
            "",
            "Loos : une caméra tourne seule ! ‹ Association des riverains",
            "Loos : une caméra tourne seule !",
            "Loos : une caméra tourne seule !",
        ),
        ("Loos", "Loos : une caméra tourne", "", "Loos : ce que dit la mairie", "Loos : une caméra tourne"),
        # a kicker in the heading: the page's own spelling of both
        (
            "<span>Haubourdin</span> Une caméra en panne",
            "Haubourdin. Une caméra en panne",
            "Une caméra en panne - Le Journal",
            None,
            "Haubourdin. Une caméra en panne",
        ),
    ],
)
def test_title(heading: str, og: str, head_title: str, announced: str | None, title: str) -> None:
    head = f'<meta property="og:site_name" content="Le Journal"><meta property="og:title" content="{og}">'
    html = page(f"<article><h1>{heading}</h1><p>{FREE * 3}</p></article>", head, head_title)
    assert extract(capture(html, hint=Hint(title=announced))).title == title


def test_a_second_heading_is_the_title_when_the_first_names_the_site() -> None:
    body = f"<h1>Ville de Roubaix</h1><h2>Communiqué : un dispositif augmenté</h2><p>{FREE * 2}</p>"
    assert read(page(body, title="Ville de Roubaix - Communiqué : un dispositif augmenté")).title.startswith(
        "Communiqué"
    )
    body = f"<h1>Actualités</h1><h2>La Ville répond</h2><p>{FREE * 2}</p>"
    assert read(page(body, title="La Ville répond / Actualités - Ville de Lille")).title == "La Ville répond"


def test_a_lesser_heading_tells_where_the_title_ends() -> None:
    body = f"<h3><a href='/x'>Loos : une caméra tourne seule !</a></h3><p>{FREE * 2}</p>"
    said = "Loos : une caméra tourne seule ! ‹ Association des riverains"
    assert read(page(body, title=said)).title == "Loos : une caméra tourne seule !"
    body = f"<h2>Toute la vidéosurveillance</h2><h3>Dans la même rubrique</h3><p>{FREE * 2}</p>"
    assert read(page(body, title="La Ville répond enfin | Dans la même rubrique")).title.startswith("La Ville répond")


# Dates


DATED = '<script type="application/ld+json">{"@type":"NewsArticle","datePublished":"%s"}</script>'
META = '<meta property="article:published_time" content="%s">'


@pytest.mark.parametrize(
    ("head", "said", "wanted", "origin"),
    [
        (DATED % "2024-11-21T06:00:00Z" + META % "2024-11-20", None, "2024-11-21T06:00:00Z", "json-ld"),
        (DATED % "9999-12-31" + META % "2024-11-20", None, "2024-11-19T23:00:00Z", "meta"),
        (DATED % "2031-01-01" + META % "2024-07-20T10:00:00", None, "2024-07-20T08:00:00Z", "meta"),
        (DATED % "bientôt", "2024-11-22T08:00:00Z", "2024-11-22T08:00:00Z", "feed"),
        (DATED % "2024-04-30 16:00:34 +02:00", None, "2024-04-30T14:00:34Z", "json-ld"),
        (DATED % "2023-11-02T15:17:05.373Z", None, "2023-11-02T15:17:05Z", "json-ld"),
        (META % "Thu, 21 Nov 2024 07:00:00 +0100", None, "2024-11-21T06:00:00Z", "meta"),
        (META % "21/11/2024", None, "2024-11-20T23:00:00Z", "meta"),
        (META % "1732176000", None, "2024-11-21T08:00:00Z", "meta"),
        ('<meta name="pubdate" content="20241121">', None, "2024-11-20T23:00:00Z", "meta"),
        ('<meta name="pubdate" content="20241121T063000Z">', None, "2024-11-21T06:30:00Z", "meta"),
        ('<meta name="dcterms.created" content="jeudi 21 novembre 2024">', None, "2024-11-20T23:00:00Z", "meta"),
        ('<meta name="DC:date" content="2024-11-21">', None, "2024-11-20T23:00:00Z", "meta"),
        ('<meta name="bepress_citation_date" content="2024-11-21">', None, "2024-11-20T23:00:00Z", "meta"),
        ('<meta name="dc.date.created" content="2024-11-21|10h23">', None, "2024-11-21T09:23:00Z", "meta"),
        ('<meta property="date:published_time" content="2024-11-21">', None, "2024-11-20T23:00:00Z", "meta"),
        ('<meta name="outbrain-date" content="2024-11-21">', None, "2024-11-20T23:00:00Z", "meta"),
        ('<meta name="date" value="2024-11-21">', None, "2024-11-20T23:00:00Z", "meta"),
        ("", None, None, None),
        ("", "9999-01-01T00:00:00Z", None, None),
    ],
)
def test_date_and_where_it_comes_from(head: str, said: str | None, wanted: str | None, origin: str | None) -> None:
    hint = Hint(published_at=datetime.fromisoformat(said) if said else None)
    found = extract(capture(page(article(FREE * 3), head), hint=hint, door="feed" if said else None))
    assert found.published_from == origin
    assert found.published_at == (datetime.fromisoformat(wanted) if wanted else None)


def test_an_episode_of_a_broadcast_is_dated_by_the_object_that_has_its_address() -> None:
    other = {"@type": "RadioEpisode", "url": f"{URL}un-autre", "headline": "Un autre", "datePublished": "2024-01-02"}
    own = {"@type": "RadioEpisode", "url": URL, "headline": TITLE, "datePublished": "2024-11-21"}
    found = read(page(article(FREE * 3), json_ld(other) + json_ld(own)))
    assert (found.published_at, found.published_from) == (datetime(2024, 11, 20, 23, tzinfo=UTC), "json-ld")


def test_a_footer_invents_no_date() -> None:
    found = read(page(article(FREE * 3)))
    assert (found.published_at, found.published_from) == (None, None)


@pytest.mark.parametrize(
    ("beside", "wanted"),
    [
        ("Publié le 16 mars 2023 à 9h05", "2023-03-16T08:05:00Z"),
        ("Mis à jour le 3 mai 2024 </span><span> publié le 1er février 2024", "2024-01-31T23:00:00Z"),
        ("22/11/2024", "2024-11-21T23:00:00Z"),
        ("Mis à jour le 03/10/2024</span><span>Arrêté du 2 octobre 2024", "2024-10-02T22:00:00Z"),
        ("Publié: 22 Novembre 2024 à 10h06 Temps de lecture: 1 min", "2024-11-22T09:06:00Z"),
        ("Par Marie-Christine Vandenberghe-Delattre | Publié le 22/11/2024 à 09:30", "2024-11-22T08:30:00Z"),
        ("Article publié le 21/11/2024 à 18:00, mis à jour le 22/11/2024 à 9:00", "2024-11-21T17:00:00Z"),
        ("Le 22 nov 2024", "2024-11-21T23:00:00Z"),
        ("22 Nov 2024", "2024-11-21T23:00:00Z"),
        ("27 Feb 2024", "2024-02-26T23:00:00Z"),
        ("22/11/24", "2024-11-21T23:00:00Z"),
        ("Publié le 22 Nov 24 à 10:30", "2024-11-22T09:30:00Z"),
        ("Lille, le 22-11-2024", "2024-11-21T23:00:00Z"),
        ("03.20.11.12.13</span><span>22.11.24", "2024-11-21T23:00:00Z"),
        ("22 novembre 2024, 10 h 30", "2024-11-22T09:30:00Z"),
        ('</span><time datetime="2024-11-22T10:30:00Z">il y a deux jours</time><span>', "2024-11-22T10:30:00Z"),
    ],
)
@pytest.mark.parametrize("heading", [TITLE, "La ville <em>et ses</em> caméras"])
def test_the_date_beside_the_title(heading: str, beside: str, wanted: str) -> None:
    found = read(page(f"<h1>{heading}</h1><div><span>{beside}</span></div><p>{FREE * 3}</p>"))
    assert (found.published_at, found.published_from) == (datetime.fromisoformat(wanted), "text")


def test_a_marking_may_hold_its_date_as_text_in_pieces() -> None:
    marked = '<div itemprop="datePublished"><span class="day">2</span> Nov 2024</div>'
    found = read(page(f"{marked}{article(FREE * 3)}"))
    assert (found.published_at, found.published_from) == (datetime(2024, 11, 1, 23, tzinfo=UTC), "meta")


def test_markings_of_other_articles_are_not_believed() -> None:
    cards = "".join(f'<div><time pubdate datetime="2024-0{n}-01T10:00:00Z">x</time></div>' for n in (3, 4))
    assert read(page(article(FREE * 3) + cards)).published_from != "meta"
    written = "".join(f'<p itemprop="datePublished">Publié le {n} mars 2024</p>' for n in (3, 4))
    assert read(page(article(FREE * 3) + written)).published_from != "meta"
    one = '<time class="entry-date published" datetime="2024-03-01T10:00:00Z">1er mars</time>'
    assert read(page(article(FREE * 3, after=one))).published_at == datetime(2024, 3, 1, 10, tzinfo=UTC)


@given(st.text(max_size=60) | st.from_regex(r"\d{1,4}-\d{1,2}-\d{1,2}([T ]\d{1,2}:\d{2})?", fullmatch=True))
def test_a_written_date_never_fails_and_is_never_in_the_future(text: str) -> None:
    found = dates.moment(text, FETCHED)
    assert found is None or (found.tzinfo is UTC and found.year >= 1990 and (found - FETCHED).days <= 2)


# Text


@pytest.mark.parametrize(
    "boxed", ['<div class="chapo">{}</div>', "<p>{}</p>", '<div class="article__teaser"><p>{}</p></div>']
)
def test_the_standfirst_is_read(boxed: str) -> None:
    chapo = "Le logiciel BriefCam équipe la police municipale depuis deux ans, et la CNIL n’en savait rien."
    rest = f"<div class='corps'><p>{FREE * 3}</p><p>{SECOND * 3}</p></div>"
    body = f"<header><h1>{TITLE}</h1>{boxed.format(chapo)}</header>{rest}"
    found = read(page(body, f'<meta name="description" content="{chapo[:80]}…">'))
    assert found.text.startswith(chapo)
    assert found.text.count(chapo) == 1


def test_menus_and_sales_stay_out_of_a_short_text() -> None:
    found = read(
        page(f"<h1>{TITLE}</h1><p>La mairie répond : le logiciel n’est pas utilisé.</p><p>Partager</p><p>S’abonner</p>")
    )
    assert found.text == "La mairie répond : le logiciel n’est pas utilisé."


CONSENT = (
    "<div {}><div><p>Nous utilisons des cookies pour mesurer notre audience, comme la CNIL le recommande.</p>"
    "<p>Des informations sont gardées sur votre terminal, et vous pouvez modifier vos choix à tout moment.</p>"
    "</div></div>"
)


@pytest.mark.parametrize(
    "marks",
    [
        "id='didomi-host'",
        "class='eu-cookie-compliance'",
        "id='tarteaucitronRoot'",
        "class='bandeau-RGPD'",
        "id='x-consent'",
    ],
)
def test_a_consent_box_is_no_text(marks: str) -> None:
    short = f"<div><h1>{TITLE}</h1><p>{FREE}</p></div>"
    for body in (short + CONSENT.format(marks), CONSENT.format(marks) + short):
        assert read(page(body)).text == FREE.strip()
    with pytest.raises(UnreadableError, match="empty"):
        read(page(f"<h1>Votre vie privée</h1>{CONSENT.format(marks)}"))


def test_an_article_about_cookies_is_read() -> None:
    said = "La CNIL a condamné un site dont les cookies suivaient les lecteurs sans leur consentement, a-t-elle dit. "
    found = read(page(f"<div class='article cookies-accepted'><h1>{TITLE}</h1><p>{said * 3}</p></div>"))
    assert found.text == plain.paragraphs(said * 3)


OTHERS = "".join(
    f"<div class='item'><h4><a href='/autre-{n}'>Une autre histoire, la {n}e</a></h4>"
    f"<p>La CNIL a dit son mot d’une ville lointaine, où l’on voulait {n} caméras de plus.</p></div>"
    for n in (2, 3, 4)
)


@pytest.mark.parametrize("label", ["A LIRE AUSSI", "À lire aussi :", "Sur le même sujet", "Articles similaires"])
@pytest.mark.parametrize(
    "box",
    [
        "<div class='x'><div class='tete'><i></i><h3>{0}</h3></div><div>{1}</div></div>",
        "<section><p><strong>{0}</strong></p>{1}</section>",
        "<h3>{0}</h3><ul><li><a href='/a'>La CNIL ailleurs, et ses amendes</a></li>"
        "<li><a href='/b'>Encore la CNIL</a></li></ul>",
    ],
)
def test_a_box_of_other_articles_is_no_text(box: str, label: str) -> None:
    for paragraph in (FREE, FREE * 4):
        assert read(page(article(paragraph) + box.format(label, OTHERS))).text == paragraph.strip()
        assert read(page(article(paragraph, after=box.format(label, OTHERS)))).text == paragraph.strip()


def test_a_text_without_paragraphs_is_not_given_up_for_the_box_of_its_author() -> None:
    told = (FREE * 2, SECOND * 3, FREE)
    author = "Journaliste au Journal, elle suit la vie des villes du Nord et les affaires de police depuis dix ans. "
    box = f'<article class="fiche"><h4>Anne Durand</h4><div>{author * 2}</div></article>'
    text = "".join(f"<span>{one}</span>" for one in told)
    found = read(page(f'<div id="articleBody"><h1>{TITLE}</h1>{text}</div>{box}'))
    assert all(one.strip() in found.text for one in told)


def test_a_label_before_the_article_takes_nothing_away() -> None:
    links = "<p>À lire aussi</p><p><a href='/a'>Un premier</a></p><p><a href='/b'>Un deuxième</a></p>"
    found = read(page(f"<h1>{TITLE}</h1><div>{links}<p>{FREE * 2}</p><p>{SECOND * 2}</p></div>"))
    assert found.text.endswith(plain.paragraphs(f"{FREE * 2}\n{SECOND * 2}"))


def test_a_page_laid_out_in_a_table_is_read_without_its_walls() -> None:
    cells = f"<td><b>Politiques</b></td><td><font><b>{TITLE}<br></b><br>{FREE * 3}<br><br>{SECOND * 3}<br></font></td>"
    found = read(f"<html><head><title>{TITLE}</title></head><body><table><tr>{cells}</tr></table></body></html>")
    assert "|" not in found.text
    assert found.title == TITLE
    assert SECOND.strip() in found.text


def test_a_label_whose_date_was_taken_away_stays_out() -> None:
    dated = '<p>Mis à jour le <time datetime="2024-11-21">21 novembre 2024</time></p>'
    found = read(page(f"<h1>{TITLE}</h1>{dated}<div>{''.join(f'<p>{one}</p>' for one in (FREE, SECOND))}</div>"))
    assert found.text == f"{FREE}\n{SECOND}".replace(" \n", "\n").strip()
    assert read(page(article(FREE, "Mis à jour le 3 mai, le registre dit tout.", SECOND))).text.count("Mis à jour") == 1


def test_templates_credits_and_hidden_blocks_stay_out() -> None:
    hidden = f"<div style='display:none;'><p>{SECOND}</p></div>"
    marks = "<p>{{ auteur.nom === 'x' ? 'Publié' : 'Brouillon' }}</p><p>Crédits photos : Agence</p>"
    body = f"<div><h1>{TITLE}</h1>{hidden}<p>{FREE * 2}</p><p>{FREE[::-1]}</p>{marks}</div>"
    assert read(page(body)).text == plain.paragraphs(f"{FREE * 2}\n{FREE[::-1]}")


def test_an_article_inside_a_form_is_read() -> None:
    found = read(page(f"<form><h1>{TITLE}</h1><div><p>{FREE * 2}</p><p>{SECOND * 2}</p></div></form>"))
    assert found.text == plain.paragraphs(f"{FREE * 2}\n{SECOND * 2}")


def test_a_body_that_no_longer_exists_falls_back_to_the_page() -> None:
    assert "CNIL" in read(page(article(FREE * 2, SECOND * 2)), source(body="div.autrefois")).text


# Charsets and hostile characters


@pytest.mark.parametrize("declared", ["text/html; charset=utf-8", "text/html", "text/html; charset=iso-8859-1", ""])
def test_windows_1252_is_read_whatever_is_declared(declared: str) -> None:
    words = "L’été à Roubaix – « vidéoprotection » à 10 € …"
    html = page(article(words + " " + FREE)).encode("cp1252")
    assert plain.line(words) in read(html, content_type=declared).text


def test_other_charsets() -> None:
    words = "Ďábelské kamery v městě"
    html = page(article(words + FREE.replace("é", "e"))).replace("utf-8", "windows-1250").replace("’", "'")
    assert words in read(html.encode("cp1250", "ignore"), content_type="text/html").text
    assert words in read("\ufeff".encode("utf-16-le") + html.encode("utf-16-le"), content_type="text/html").text
    assert words in read(html.encode() + b"\xc3", content_type="text/html").text


def _is_safe(text: str) -> bool:
    return all(char == "\n" or unicodedata.category(char) not in ("Cc", "Cs") for char in text)


def test_hostile_characters_never_reach_the_article() -> None:
    bad = "\x00\x1b[2J\x1b]0;titre\x07\x85\u202e&#1;&#27;&#xD800;&#x1B;"
    html = page(
        f"<article><h1>{bad}{TITLE}</h1><p>{FREE * 2}{bad}</p></article>",
        f'<meta name="author" content="Léa{bad} Martin">',
    )
    found = read(html.replace("</title>", f"{bad}</title>"))
    assert all(map(_is_safe, (found.title, found.text, found.url, found.canonical_url, *found.authors)))
    assert found.title == TITLE


@settings(max_examples=60, deadline=None)
@given(
    st.text(st.characters(), max_size=80),
    st.text(st.characters(), max_size=80),
    st.binary(max_size=60),
    st.sampled_from(
        ["text/html", "text/plain", "", "application/pdf", "text/html; charset=utf-16", "text/html; charset=idna"]
    ),
)
def test_no_input_breaks_the_reading(title: str, text: str, junk: bytes, content_type: str) -> None:
    html = page(
        f"<article><h1>{title}</h1><p>{text}</p>{text}</article>", f'<meta property="og:title" content="{text}">', title
    )
    for body in (
        html.encode("utf-8", "surrogatepass"),
        html.encode("utf-8", "replace") + junk,
        junk,
        text.encode("utf-8", "replace"),
    ):
        try:
            found = extract(
                capture(body, content_type, url=f"https://exemple.fr/{text}", hint=Hint(title=title)), source(".x", "p")
            )
        except UnreadableError as fault:
            assert fault.reason.replace("_", "").isalpha()
        else:
            assert all(map(_is_safe, (found.title, found.text, found.url, found.canonical_url, *found.authors)))


# What is no article


@pytest.mark.parametrize(
    ("body", "content_type", "reason"),
    [
        (b"", "text/html", "empty"),
        (b"  \n", "text/html", "empty"),
        (b"<html><head><title>App</title></head><body><div id=root></div></body></html>", "text/html", "empty"),
        (b"{}", "application/json", "unsupported"),
        (b"\x89PNG\r\n" + bytes(40), "image/png", "unsupported"),
        (b"\x89PNG\r\n" + bytes(400), "text/html", "not_html"),
        (b"rien", "application/pdf", "broken_pdf"),
        (b"%PDF-1.4 coup\xc3\xa9", "application/pdf", "broken_pdf"),
        (b"<p>" + b"x" * 10_000_001, "text/html", "too_large"),
        (b" \r\n\x00 ", "text/plain", "empty"),
    ],
)
def test_what_cannot_be_read_says_why(body: bytes, content_type: str, reason: str) -> None:
    with pytest.raises(UnreadableError) as fault:
        extract(capture(body, content_type))
    assert fault.value.reason == reason


def test_a_soft_404() -> None:
    html = page(
        "<h1>Page introuvable</h1><p>La page que vous demandez n’existe plus.</p>",
        title="Page introuvable - Le Journal",
    )
    with pytest.raises(UnreadableError, match="soft_404"):
        read(html)


def test_a_redirect_to_the_home_page() -> None:
    with pytest.raises(UnreadableError, match="redirected_home"):
        extract(capture(page(article(FREE)), url="https://exemple.fr/", asked="http://www.exemple.fr/lille/un-article"))


UP = ("/", "/accueil", "/index.php", "/fr/", "/fr/accueil.html", "/lille/", "/lille/actualites/")


@pytest.mark.parametrize("reached", UP)
def test_a_redirect_to_the_home_page_by_any_name_or_to_the_section_above(reached: str) -> None:
    asked = "http://www.exemple.fr/lille/actualites/un-article-1234"
    with pytest.raises(UnreadableError, match="redirected_home"):
        extract(capture(page(article(FREE)), url=f"https://exemple.fr{reached}", asked=asked))


@pytest.mark.parametrize(
    ("asked", "reached"),
    [
        ("/lille/actualites/un-article", "/lille/2024/un-article"),
        ("/lille/un-article-du-conseil-municipal/2", "/lille/un-article-du-conseil-municipal"),
        ("/article/12345/un-article", "/article/12345"),
        ("/lille/actualites/un-article", "/actualites/"),
        ("/index.php?p=12", "/index.php?page=article&id=12"),
        ("/fr", "/fr/"),
    ],
)
def test_a_redirect_to_another_address_of_an_article(asked: str, reached: str) -> None:
    read = capture(page(article(FREE)), url=f"https://exemple.fr{reached}", asked=f"https://exemple.fr{asked}")
    assert extract(read).text


def test_a_status_that_is_no_page() -> None:
    with pytest.raises(UnreadableError, match="status: 404"):
        extract(capture(page(article(FREE)), status=404))


# Documents


def pdf(*lines: str, info: str = "", pages: int = 1) -> bytes:
    """A PDF written by hand: each page shows the lines."""
    shown = " ".join(f"({line}) Tj T*" for line in lines)
    content = f"BT /F1 12 Tf 14 TL 50 800 Td {shown} ET".encode("cp1252")
    kids = " ".join(f"{5 + n} 0 R" for n in range(pages))
    fonts = b"<< /Font << /F1 3 0 R >> >>"
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R /Lang (fr-FR) >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {pages} >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
        *[b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources %s >>" % fonts] * pages,
        f"<< {info} >>".encode("cp1252"),
    ]
    out = b"%PDF-1.4\n"
    places = []
    for number, one in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, one)
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    trailer = (
        f"trailer << /Size {len(objects) + 1} /Root 1 0 R /Info {len(objects)} 0 R >>\nstartxref\n{len(out)}\n%%EOF"
    )
    return out + f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}{trailer}".encode()


LINES = (
    "Communiqué de presse",
    "Lille, le 22 novembre 2024",
    "La Ville rétablit les faits",
    "Contrairement à ce qu'affirme cet article, l'analyse d'impact de la vidéo-",
    "surveillance a été déposée auprès de la CNIL en 2021 par les services de la",
    "Ville.",
)
MADE = "/Title (La Ville répond) /Author (Ville de Lille) /CreationDate (D:20241122163000+01'00')"


def test_a_press_release() -> None:
    found = read(pdf(*LINES, info=MADE), content_type="application/pdf")
    assert (found.title, found.authors, found.language, found.access) == (
        "La Ville répond",
        ("Ville de Lille",),
        "fr",
        "full",
    )
    assert (found.published_at, found.published_from) == (datetime(2024, 11, 22, 15, 30, tzinfo=UTC), "pdf")
    assert (
        "Contrairement à ce qu'affirme cet article, l'analyse d'impact de la vidéo-surveillance a été déposée auprès "
        "de la CNIL en 2021 par les services de la Ville." in found.text.split("\n")
    )


def test_a_press_release_without_metadata() -> None:
    found = read(pdf(*LINES), content_type="application/octet-stream")
    assert found.title == "La Ville rétablit les faits"
    assert (found.published_at, found.published_from) == (datetime(2024, 11, 21, 23, tzinfo=UTC), "text")
    hint = Hint("La Ville répond à la presse", datetime(2024, 11, 22, 9, tzinfo=UTC))
    found = extract(
        capture(pdf(*LINES, info="/Title (Microsoft Word - cp.doc)"), "application/pdf", hint=hint, door="listing")
    )
    assert (found.title, found.published_at, found.published_from) == (hint.title, hint.published_at, "listing")


def test_a_scan_has_no_text() -> None:
    with pytest.raises(UnreadableError, match="no_text"):
        read(pdf(), content_type="application/pdf")


def test_a_pdf_is_read_within_bounds() -> None:
    found = read(pdf("Une page", pages=1000), content_type="application/pdf")
    assert found.text.count("Une page") == 300


def test_plain_text() -> None:
    found = read(
        "Conseil municipal de Lille\r\n\r\nLa CNIL  a écrit\x00.\r\n", content_type="text/plain; charset=utf-8"
    )
    assert (found.title, found.text) == ("Conseil municipal de Lille", "Conseil municipal de Lille\nLa CNIL a écrit.")


@pytest.mark.parametrize(
    ("byline", "names"),
    [
        ("Par Léa Martin", ["Léa Martin"]),
        ("Recueilli par Léa Martin et Paul Durand", ["Léa Martin", "Paul Durand"]),
        ("Propos recueillis par Léa Martin", ["Léa Martin"]),
        ("Le Figaro et AFP", ["Le Figaro", "AFP"]),
        ("Léa Martin (avec Paul Durand)", ["Léa Martin"]),
        ("https://www.facebook.com/journal", []),
        ("redaction@exemple.fr", []),
        ("Publié le 3 mai 2024", []),
        ("Nicolas G.", ["Nicolas G."]),
        ("Recueilli par Léa MARTIN.", ["Léa MARTIN"]),
        ("Léa MartinLéa Martin", ["Léa Martin"]),
        ("", []),
    ],
)
def test_bylines(byline: str, names: list[str]) -> None:
    assert people(byline) == names
