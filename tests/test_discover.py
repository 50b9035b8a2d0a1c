"""Finding the door of a site that nobody has declared: pages of a dozen structures, written for the project."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest

from crawler.discover import Proposal, discover, to_toml
from crawler.sources import load_sources
from crawler.spiders.doors import Answer, doors_of
from crawler.spiders.readers import read
from pipeline.records import Capture, Failure, MistakeError, Source

NOW = datetime(2025, 4, 11, 8, tzinfo=UTC)
HOME = "https://www.ville-x.example/"
MENU = """<header><nav class="menu"><ul>
<li><a href="/mairie">Votre mairie et ses services au quotidien</a></li><li><a href="/ecoles">Les écoles de la commune</a></li>
<li><a href="/sport">Les équipements de sport et de loisirs</a></li><li><a href="/contact">Contacter la mairie</a></li>
{press}</ul></nav></header>"""
FOOTER = """<footer><ul class="liens"><li><a href="/mentions-legales">Mentions légales du site de la commune</a></li>
<li><a href="/plan">Plan du site et accessibilité</a></li><li><a href="/donnees">Données personnelles</a></li></ul></footer>"""
DAYS = ("3 avril 2025", "27 mars 2025", "12 mars 2025", "26 février 2025", "14 janvier 2025")
SUBJECTS = (
    "Le conseil municipal vote le budget de l'année",
    "Trente nouvelles caméras place de la gare",
    "La piscine rouvre ses portes après travaux",
    "Une enquête publique sur le plan local d'urbanisme",
    "Les inscriptions scolaires commencent lundi",
)


@dataclass
class Shelf:
    """A web on a shelf: `look` answers from it as a crawl would, three pages a source."""

    pages: dict[str, str | bytes]
    asked: list[str] = field(default_factory=list)

    def look(self, sources: Sequence[Source]) -> tuple[list[Capture], list[Failure]]:
        captures, failures = [], []
        for source in sources:
            if robots := self._get(HOME + "robots.txt", "robots", source):
                captures.append(robots)
            for door in doors_of((source,), NOW):
                found = self._get(door.url, "page" if door.kind == "page" else "door", source)
                if found is None:
                    failures.append(Failure(NOW, "fetch", "not_found", door.url, source.key, "HTTP 404", 404))
                    continue
                captures.append(found)
                answer = Answer(found.url, found.body, found.header("Content-Type"))
                said = read(door, source, answer, NOW, first=True) if _readable(door.kind, found) else None
                for entry in said.entries[:3] if said else ():
                    captures += [page] if (page := self._get(entry.url, "page", source)) else []
        return captures, failures

    def _get(self, url: str, role: str, source: Source) -> Capture | None:
        self.asked.append(url)
        body = self.pages.get(url)
        if body is None:
            return None
        kind = "text/html" if not str(body).lstrip().startswith("<?xml") else "application/xml"
        data = body if isinstance(body, bytes) else body.encode()
        headers = (("Content-Type", kind),)
        return Capture("id", url, NOW, 200, headers, data, role=role, source=source.key, requested_url=url)  # type: ignore[arg-type]


def _readable(kind: str, capture: Capture) -> bool:
    return kind not in {"feed", "sitemap"} or capture.body.lstrip().startswith(b"<?xml")


def page(body: str, head: str = "", press: str = "") -> str:
    return (
        f"<!doctype html><html lang=fr><head><title>Accueil - Ville X</title>{head}</head><body>"
        f"{MENU.format(press=press)}<main>{body}</main>{FOOTER}</body></html>"
    )


def rss(prefix: str) -> str:
    items = "".join(
        f"<item><title>{title}</title><link>{prefix}{n}/</link><pubDate>Thu, 0{n + 1} Apr 2025 08:00:00 +0200</pubDate></item>"
        for n, title in enumerate(SUBJECTS)
    )
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>Ville X</title>{items}</channel></rss>'


def items(shape: str, href: str = "/actualites/sujet-{n}") -> str:
    return "".join(
        shape.format(href=href.format(n=n), title=title, day=day)
        for n, (title, day) in enumerate(zip(SUBJECTS, DAYS, strict=True))
    )


PRESS = '<li><a href="/presse/communiques">Communiqués de presse</a></li>'
NEWS = '<li><a href="/actualites">Toutes les actualités</a></li>'
SITES: dict[str, tuple[dict[str, str | bytes], str, str]] = {
    "a feed that the page declares, beside that of the comments": (
        {
            HOME: page(
                "",
                '<link rel="alternate" type="application/rss+xml" title="Commentaires" href="/comments/feed/">'
                '<link rel="alternate" type="application/rss+xml" title="Ville X" href="/feed/">',
            ),
            HOME + "feed/": rss(HOME + "2025/04/"),
            HOME + "comments/feed/": rss(HOME + "2025/04/c"),
        },
        "feed",
        HOME + "feed/",
    ),
    "WordPress that declares nothing": (
        {HOME: page('<img src="/wp-content/uploads/a.jpg">'), HOME + "feed/": rss(HOME + "2025/04/")},
        "feed",
        HOME + "feed/",
    ),
    "SPIP": (
        {
            HOME: page('<p class="spip">Bienvenue</p>', '<meta name="generator" content="SPIP 4.2">'),
            HOME + "spip.php?page=backend": rss(HOME + "spip.php?article"),
        },
        "feed",
        HOME + "spip.php?page=backend",
    ),
    "a feed that only a link in the footer shows": (
        {HOME: page('<a href="/rss/actus.xml">Flux RSS</a>'), HOME + "rss/actus.xml": rss(HOME + "actu/")},
        "feed",
        HOME + "rss/actus.xml",
    ),
    "a page of press releases, each a PDF": (
        {
            HOME: page("<h1>Bienvenue</h1>", press=PRESS),
            HOME + "presse/communiques": page(
                '<h1>Communiqués</h1><ul class="documents">'
                + items('<li><a href="{href}">{title} (PDF, 120 ko)</a> <span>{day}</span></li>', "/files/cp-{n}.pdf")
                + "</ul>"
            ),
        },
        "listing",
        HOME + "presse/communiques",
    ),
    "cards with a picture and a title that carry the same link": (
        {
            HOME: page("<h1>Bienvenue</h1>", press=NEWS),
            HOME + "actualites": page(
                '<div class="cartes">'
                + items(
                    '<article class="carte"><a href="{href}"><img src="a.jpg"></a>'
                    '<h3><a href="{href}">{title}</a></h3><p>Publié le {day}</p></article>'
                )
                + "</div>"
            ),
        },
        "listing",
        HOME + "actualites",
    ),
    "a table of deliberations": (
        {
            HOME: page("", press='<li><a href="/conseil/deliberations">Les délibérations</a></li>'),
            HOME + "conseil/deliberations": page(
                "<table><tbody>"
                + items('<tr><td>{day}</td><td><a href="{href}">{title}</a></td></tr>', "/docs/delib-{n}.pdf")
                + "</tbody></table>"
            ),
        },
        "listing",
        HOME + "conseil/deliberations",
    ),
    "a prefecture: a list by year, in the design system of the State": (
        {
            HOME: page("", press='<li><a href="/Actualites/Espace-presse">Espace presse</a></li>'),
            HOME + "Actualites/Espace-presse": page(
                '<div class="fr-grid-row">'
                + items(
                    '<div class="fr-col-12"><div class="fr-card"><h2 class="fr-card__title"><a href="{href}" '
                    'class="fr-card__link">{title}</a></h2><p class="fr-card__detail">Mis à jour le {day}</p></div></div>',
                    "/Actualites/Espace-presse/{n}",
                )
                + "</div>"
            ),
        },
        "listing",
        HOME + "Actualites/Espace-presse",
    ),
    "the home page itself lists the news": (
        {
            HOME: page(
                '<section class="actus">'
                + items('<div class="actu"><time datetime="2025-04-03">{day}</time><a href="{href}">{title}</a></div>')
                + "</section>"
            )
        },
        "listing",
        HOME,
    ),
    "a news sitemap that robots.txt names": (
        {
            HOME: page("<div id=app></div>"),
            HOME + "robots.txt": f"User-agent: *\nAllow: /\nSitemap: {HOME}sitemap-news.xml\n",
            HOME
            + "sitemap-news.xml": '<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
            'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">'
            + "".join(
                f"<url><loc>{HOME}a/{n}</loc><news:news><news:publication_date>2025-04-0{n + 1}</news:publication_date>"
                f"<news:title>{title}</news:title></news:news></url>"
                for n, title in enumerate(SUBJECTS)
            )
            + "</urlset>",
        },
        "sitemap",
        HOME + "sitemap-news.xml",
    ),
    "press releases on a host of their own": (
        {
            HOME: page("", press='<li><a href="https://presse.ville-x.example/">Espace presse</a></li>'),
            "https://presse.ville-x.example/": page(
                "<ol>"
                + items('<li><strong>{day}</strong> <a href="{href}">{title}</a></li>', "/communiques/{n}")
                + "</ol>"
            ),
        },
        "listing",
        "https://presse.ville-x.example/",
    ),
    "nothing but a page": ({HOME: page("<h1>Bienvenue</h1><p>Le site est en travaux.</p>")}, "page", HOME),
}


@pytest.fixture(params=SITES, ids=lambda name: name.replace(" ", "-"))
def found(request: pytest.FixtureRequest) -> tuple[Proposal, str, str, Shelf]:
    pages, kind, url = SITES[request.param]
    shelf = Shelf(pages)
    return discover(HOME, ["59350"], "municipal", shelf.look, NOW), kind, url, shelf


def test_the_right_door_is_found(found: tuple[Proposal, str, str, Shelf]) -> None:
    proposal, kind, url, _ = found
    assert getattr(proposal.source, kind) == (url,), to_toml(proposal.source)


def test_the_door_brings_the_articles_and_nothing_else(found: tuple[Proposal, str, str, Shelf]) -> None:
    proposal, kind, url, shelf = found
    if kind == "page":
        return
    door = next(door for door in doors_of((proposal.source,), NOW) if door.url == url)
    body = shelf.pages[url]
    said = read(door, proposal.source, Answer(url, body if isinstance(body, bytes) else body.encode()), NOW, first=True)
    assert [entry.hint.title for entry in said.entries if entry.hint.title] and len(said.entries) == len(SUBJECTS)


def test_the_entry_loads_as_it_is_printed(found: tuple[Proposal, str, str, Shelf], tmp_path: Path) -> None:
    proposal, *_ = found
    file = tmp_path / "sources.toml"
    file.write_text(to_toml(proposal.source), "utf-8")
    loaded = load_sources(file)[proposal.source.key]
    assert loaded.name == "Ville X" and loaded.area == ("59350",)
    assert tomllib.loads(file.read_text("utf-8"))


def test_nothing_is_asked_for_beside_the_candidates(found: tuple[Proposal, str, str, Shelf]) -> None:
    *_, shelf = found
    assert not {HOME + path for path in ("mairie", "ecoles", "sport", "mentions-legales")} & set(shelf.asked)


def test_a_home_page_that_cannot_be_read_is_one_sentence() -> None:
    with pytest.raises(MistakeError, match="cannot be read: HTTP 404"):
        discover(HOME, [], "municipal", Shelf({}).look, NOW)
