"""Ten sites written after the rules of the fourth round, and read by them first as they were: the measure of its end."""

# ruff: noqa: E731, ANN (the lines of the pages they stand for; one-line addresses)
from __future__ import annotations

from tests.sites import MONTHS, Site, each, json_feed, posts, rss, text, urlset
from tests.sites.blind import _page
from tests.sites.cms import agenda


def carousel() -> Site:
    """The front page's carousel shows the same news thrice (a slide, a thumbnail, a dot); the list is behind « + d'actus »."""
    news, base = posts(9, 1), "http://www.ville-sa.example"
    link = lambda p: f"/actu/{p.slug}"
    slide = lambda p: f"""<div class="slide"><a href="{link(p)}"><img src="/s/{p.n}.jpg" alt="{text(p.title)}"></a><div class="caption"><a href="{link(p)}">{text(p.title)}</a></div></div><button data-to="{p.n}"></button>"""  # fmt: skip
    item = lambda p: f"""<div class="bloc-actu"><div class="titre"><a href="{link(p)}">{text(p.title)}</a></div><div class="infos">Publiée le {p.day} à 10h30</div></div>"""  # fmt: skip
    menu = [("/mairie", "Mairie"), ("/culture", "Culture"), ("/sport", "Sport"), ("/sante", "Santé")]
    main = f'<div class="carousel">{each(slide, news[:3])}</div><a class="plus" href="/toutes-actus">+ d\'actus</a>'
    return Site("carousel", base + "/", {"/": _page("Ville", menu, main), "/toutes-actus": _page("Ville", menu, each(item, news)), "/mairie": _page("Ville", menu, "<p>Mairie</p>")},
                {("listing", base + "/toutes-actus")}, {base + link(p) for p in news})  # fmt: skip


def letters() -> Site:
    """An association that publishes a letter each month: pages named by number, and the links say the month only."""
    news, base = posts(12, 48), "http://www.asso-sb.example"
    link = lambda p: f"/lettre/numero-{p.n}.html"
    item = lambda p: f'<p class="num"><a href="{link(p)}">La lettre n° {p.n}</a>, {MONTHS[p.when.month - 1]} {p.when.year}</p>'  # fmt: skip
    menu = [
        ("/asso.html", "L'association"),
        ("/lettre/", "La lettre"),
        ("/contact.html", "Contact"),
        ("/liens.html", "Liens"),
    ]
    return Site("letters", base + "/", {"/": _page("Asso", menu, "<h1>Asso</h1>"), "/lettre/": _page("Asso", menu, each(item, news)), "/asso.html": _page("Asso", menu, "<p>Nous</p>")},
                {("listing", base + "/lettre/")}, {base + link(p) for p in news})  # fmt: skip


def json_only() -> Site:
    """A site generator that declares a JSON Feed alone, and whose list is grouped by year in headings."""
    news, base = posts(10, 1), "http://www.veille-sc.example"
    link = lambda p: f"{base}/notes/{p.slug}/"
    head = '<link rel="alternate" type="application/feed+json" title="Notes" href="/feed.json">'
    menu = [("/a-propos/", "À propos"), ("/notes/", "Notes"), ("/outils/", "Outils"), ("/cartes/", "Cartes")]
    return Site("json-only", base + "/", {"/": _page("Veille", menu, "<h1>Veille</h1>", head=head), "/feed.json": json_feed(news, link), "/notes/": _page("Veille", menu, each(lambda p: f'<li><a href="{link(p)}">{text(p.title)}</a> <time>{p.iso[:10]}</time></li>', news))},
                {("feed", base + "/feed.json")}, {link(p) for p in news})  # fmt: skip


def section_news() -> Site:
    """A chamber of agriculture: `detail-de-lactualite` addresses, the cards' links say « Voir », titles are h4 beside them."""
    news, base = posts(10, 1), "http://chambre-sd.example"
    link = lambda p: f"/actualites/toutes-les-actualites/detail-de-lactualite/actualites/{p.slug}"
    item = lambda p: f"""<div class="news-item"><span class="news-date">{p.slashed}</span><h4>{text(p.title)}</h4><p>Un résumé de la nouvelle.</p><p class="more"><a class="btn" title="{text(p.title)}" href="{link(p)}">Voir</a></p></div>"""  # fmt: skip
    menu = [("/eleveurs", "Éleveurs"), ("/actualites/toutes-les-actualites", "Toutes les actualités"), ("/actualites/agenda", "Agenda"), ("/annonces", "Petites annonces")]  # fmt: skip
    return Site("section-news", base + "/", {"/": _page("Chambre", menu, "<h1>Chambre</h1>"), "/actualites/toutes-les-actualites": _page("Chambre", menu, each(item, news)), "/actualites/agenda": _page("Chambre", menu, agenda("/actualites/agenda/")), "/eleveurs": _page("Chambre", menu, "<p>Élevage</p>")},
                {("listing", base + "/actualites/toutes-les-actualites")}, {base + link(p) for p in news})  # fmt: skip


def tags_everywhere() -> Site:
    """A blog whose every article names five tags; the tags' cloud is longer than the list, and no feed is left on."""
    news, base = posts(8, 1), "http://www.elus-se.example"
    link = lambda p: f"/billets/{p.slug}"
    cloud = "".join(f'<a class="tag" href="/mot/{n}">Mot-clé numéro {n}</a>' for n in range(40))
    item = lambda p: f"""<section class="billet"><h2><a href="{link(p)}">{text(p.title)}</a></h2><p class="le">le {p.day}</p><p class="mots">{"".join(f'<a href="/mot/{(p.n + n) % 40}">Mot-clé numéro {(p.n + n) % 40}</a>' for n in range(5))}</p></section>"""  # fmt: skip
    menu = [("/", "Accueil"), ("/elus", "Vos élus"), ("/programme", "Notre programme")]
    return Site("tags-everywhere", base + "/", {"/": _page("Élus", menu, each(item, news) + f'<aside class="nuage">{cloud}</aside>'), "/elus": _page("Élus", menu, "<p>Nous</p>")},
                {("listing", base + "/")}, {base + link(p) for p in news})  # fmt: skip


def two_hosts() -> Site:
    """A metropolis: its old domain moves to the new one, whose feed the head declares with an address without a scheme."""
    news, old, base = posts(10, 1), "http://www.cu-sf.example", "http://www.metropole-sf.example"
    link = lambda p: f"{base}/infos/{p.slug}"
    head = '<link rel="alternate" type="application/rss+xml" href="//www.metropole-sf.example/infos/rss">'
    menu = [("/infos", "Infos"), ("/services", "Services")]
    return Site("two-hosts", old + "/", {"/": {"status": 301, "headers": {"Location": base + "/"}, "body": ""}, base + "/": _page("Métropole", menu, "<h1>Métropole</h1>", head=head), base + "/infos/rss": rss(news, link), base + "/infos": _page("Métropole", menu, each(lambda p: f'<p><a href="{link(p)}">{text(p.title)}</a></p>', news))},
                {("feed", base + "/infos/rss"), ("listing", base + "/infos")}, {link(p) for p in news})  # fmt: skip


def observatory() -> Site:
    """A regional body: « Ressources » mixes studies and news in one list of PDFs and pages, each with its date."""
    news, base = posts(10, 1), "http://www.observatoire-sg.example"
    link = lambda p: f"/fichiers/{p.when:%Y}/{p.slug}.pdf" if p.n % 2 else f"/ressources/{p.slug}"
    item = lambda p: f"""<article class="res"><p class="res-type">Note</p><h3 class="res-title"><a href="{link(p)}">{text(p.title)}</a></h3><p class="res-date">{p.day}</p></article>"""  # fmt: skip
    menu = [("/missions", "Missions"), ("/ressources", "Ressources"), ("/equipe", "Équipe"), ("/donnees", "Données"), ("/adhesion", "Adhésion")]  # fmt: skip
    return Site("observatory", base + "/", {"/": _page("Obs", menu, "<h1>Obs</h1>"), "/ressources": _page("Obs", menu, each(item, news))} | {u: _page("Obs", menu, f"<p>{w}</p>") for u, w in menu if u != "/ressources"},
                {("listing", base + "/ressources")}, {base + link(p) for p in news})  # fmt: skip


def sitemap_pages() -> Site:
    """A party's section: every page by scripts; robots.txt names one sitemap of pages, posts below /communiques/."""
    news, base = posts(9, 1), "http://www.section-sh.example"
    link = lambda p: f"{base}/communiques/{p.slug}"
    every = [
        (base + "/", "2025-04-01"),
        *((f"{base}/equipe/{n}", "2024-01-01") for n in range(12)),
        *((link(p), p.iso[:10]) for p in news),
    ]
    return Site("sitemap-pages", base + "/", {"/": "<!doctype html><html lang='fr'><head><title>Section</title></head><body><div id='__nuxt'></div></body></html>", "/robots.txt": f"User-agent: *\nAllow: /\nSitemap: {base}/plan.xml\n", "/plan.xml": urlset(every)},
                {("sitemap", base + "/plan.xml")}, {link(p) for p in news})  # fmt: skip


def old_feed() -> Site:
    """Joomla moved to another system: the old feed still answers with what was new in 2021; the list is the one to read."""
    news, base = posts(9, 1), "http://www.syndicat-si.example"
    link = lambda p: f"/nouvelles/{p.slug}"
    head = '<link rel="alternate" type="application/rss+xml" title="RSS 2.0" href="/ancien/rss.xml">'
    item = lambda p: f"""<div class="row-news"><div class="d">{p.slashed}</div><div class="t"><a href="{link(p)}">{text(p.title)}</a></div></div>"""  # fmt: skip
    menu = [("/eau", "L'eau"), ("/nouvelles", "Nouvelles du syndicat"), ("/tarifs", "Tarifs"), ("/travaux", "Travaux")]
    return Site("old-feed", base + "/", {"/": _page("Syndicat", menu, "<h1>Syndicat</h1>", head=head), "/ancien/rss.xml": rss(posts(10, 50, back=1400), lambda p: f"{base}/ancien/{p.n}"), "/nouvelles": _page("Syndicat", menu, each(item, news)), "/eau": _page("Syndicat", menu, "<p>Eau</p>")},
                {("listing", base + "/nouvelles")}, {base + link(p) for p in news})  # fmt: skip


def deep_text() -> Site:
    """A police prefecture: titles in capitals, the date in front of each within the same link, in one long list of `<p>`."""
    news, base = posts(14, 1), "http://www.service-sj.example"
    link = lambda p: f"/index.php/presse/{p.n + 4000}-{p.slug}"
    item = lambda p: f'<p style="text-align: left;"><a href="{link(p)}">{p.day} – {text(p.title).upper()}</a></p>'
    menu = [("/index.php/le-service", "Le service"), ("/index.php/presse", "Communication"), ("/index.php/demarches", "Vos démarches")]  # fmt: skip
    return Site("deep-text", base + "/", {"/": _page("Service", menu, "<h1>Service</h1>"), "/index.php/presse": _page("Service", menu, f'<div class="item-page"><div itemprop="articleBody">{each(item, news)}</div></div>'), "/index.php/le-service": _page("Service", menu, "<p>Service</p>")},
                {("listing", base + "/index.php/presse")}, {base + link(p) for p in news})  # fmt: skip


SITES = (carousel, letters, json_only, section_news, tags_everywhere, two_hosts, observatory, sitemap_pages, old_feed, deep_text)  # fmt: skip
