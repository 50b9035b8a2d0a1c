"""A dozen small sites of one idea each: what discover was first written on."""

from __future__ import annotations

from functools import partial

from tests.sites import Site

HOME = "http://www.ville-x.example/"
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
KINDS: dict[str, tuple[dict[str, str | bytes], str, str]] = {
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
            HOME: page("", press='<li><a href="http://presse.ville-x.example/">Espace presse</a></li>'),
            "http://presse.ville-x.example/": page(
                "<ol>"
                + items('<li><strong>{day}</strong> <a href="{href}">{title}</a></li>', "/communiques/{n}")
                + "</ol>"
            ),
        },
        "listing",
        "http://presse.ville-x.example/",
    ),
    "nothing but a page": ({HOME: page("<h1>Bienvenue</h1><p>Le site est en travaux.</p>")}, "page", HOME),
}


# Where the articles of each lead, by the number in their address.
ARTICLES = {
    "a feed that the page declares, beside that of the comments": HOME + "2025/04/{n}/",
    "WordPress that declares nothing": HOME + "2025/04/{n}/",
    "SPIP": HOME + "spip.php?article{n}/",
    "a feed that only a link in the footer shows": HOME + "actu/{n}/",
    "a page of press releases, each a PDF": HOME + "files/cp-{n}.pdf",
    "a table of deliberations": HOME + "docs/delib-{n}.pdf",
    "a prefecture: a list by year, in the design system of the State": HOME + "Actualites/Espace-presse/{n}",
    "a news sitemap that robots.txt names": HOME + "a/{n}",
    "press releases on a host of their own": "http://presse.ville-x.example/communiques/{n}",
    "nothing but a page": "",
}


def _site(name: str) -> Site:
    pages, kind, url = KINDS[name]
    shape = ARTICLES.get(name, HOME + "actualites/sujet-{n}")
    return Site(
        name, HOME, dict(pages), {(kind, url)}, {shape.format(n=n) for n in range(len(SUBJECTS))} if shape else set()
    )


SITES = tuple(partial(_site, name) for name in KINDS)
