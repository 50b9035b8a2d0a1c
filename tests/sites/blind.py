"""Ten sites that nobody looked at while the rules of the fourth round were made: the measure of it."""

# ruff: noqa: E731, ANN (the lines of the pages they stand for; one-line addresses)
from __future__ import annotations

from tests.sites import SHORT, Site, each, index, posts, rss, text, urlset
from tests.sites.cms import agenda


def _page(name, menu, main, title="Accueil", head=""):
    links = "".join(f'<li><a href="{url}">{words}</a></li>' for url, words in menu)
    return f"""<!doctype html><html lang="fr"><head><meta charset="utf-8"><title>{title} | {name}</title>{head}</head><body><header><nav><ul>{links}</ul></nav></header><main>{main}</main><footer><a href="/mentions-legales">Mentions légales</a></footer></body></html>"""


def hub() -> Site:
    """A département: the menu's « Le Département » is a page of doors, behind one of them « Salle de presse »."""
    news, base = posts(9, 1), "http://www.departement-ra.example"
    link = lambda p: f"/le-departement/salle-de-presse/{p.slug}"
    item = lambda p: f"""<div class="list-item"><p class="list-item__date">{p.when:%d/%m/%y}</p><p class="list-item__title"><a href="{link(p)}">{text(p.title)}</a></p></div>"""  # fmt: skip
    menu = [("/le-departement", "Le Département"), ("/solidarites", "Solidarités"), ("/colleges", "Collèges")]
    doors = "".join(f'<a class="door" href="/le-departement/{u}"><h3>{w}</h3></a>' for u, w in (("budget", "Le budget"), ("elus", "Les élus"), ("salle-de-presse", "Salle de presse"), ("assemblee", "L'assemblée")))  # fmt: skip
    return Site("hub", base + "/", {"/": _page("Rance", menu, "<h1>Rance</h1>"), "/le-departement": _page("Rance", menu, doors), "/le-departement/salle-de-presse": _page("Rance", menu, each(item, news)), "/solidarites": _page("Rance", menu, "<p>Aides</p>"), "/colleges": _page("Rance", menu, "<p>Collèges</p>")},
                {("listing", base + "/le-departement/salle-de-presse")}, {base + link(p) for p in news})  # fmt: skip


def two_lists() -> Site:
    """One page holds the news and the agenda, both of one class, under two headings; the agenda's dates are to come."""
    news, soon, base = posts(8, 1), posts(12, 700, back=-80), "http://www.bourg-rb.example"
    card = lambda kind: lambda p: f"""<div class="card"><a href="/{kind}/{p.n}-{p.slug}"><span class="card-date">{p.slashed}</span> <span class="card-title">{text(p.title)}</span></a></div>"""  # fmt: skip
    menu = [("/actu-agenda", "Actu et agenda"), ("/mairie", "Mairie"), ("/ecole", "École")]
    main = f'<section id="actu"><h2>Actualités</h2>{each(card("actu"), news)}</section><section id="agenda"><h2>Agenda</h2>{each(card("agenda"), soon)}</section>'  # fmt: skip
    return Site("two-lists", base + "/", {"/": _page("Bourg", menu, "<h1>Bourg</h1>"), "/actu-agenda": _page("Bourg", menu, main), "/mairie": _page("Bourg", menu, "<p>Horaires</p>"), "/ecole": _page("Bourg", menu, "<p>École</p>")},
                {("listing", base + "/actu-agenda")}, {f"{base}/actu/{p.n}-{p.slug}" for p in news})  # fmt: skip


def podcast_first() -> Site:
    """A radio: declares the podcast's feed first, and « RSS » in the footer is the news'."""
    news, base = posts(10, 1), "http://www.radio-rc.example"
    link = lambda p: f"{base}/info/{p.slug}"
    head = f'<link rel="alternate" type="application/rss+xml" title="Podcast : la matinale" href="{base}/podcasts/matinale.xml">'
    home = _page("Radio", [("/info", "L'info"), ("/emissions", "Émissions"), ("/podcasts", "Podcasts")], "<h1>Radio</h1>", head=head)  # fmt: skip
    home = home.replace("</footer>", '<a href="/info.rss">RSS</a></footer>')
    shows = posts(20, 600, titles=("La matinale de lundi", "La matinale de mardi", "La matinale de jeudi"))
    return Site("podcast-first", base + "/", {"/": home, "/podcasts/matinale.xml": rss(shows, lambda p: f"{base}/podcasts/{p.n}", "La matinale"), "/info.rss": rss(news, link), "/info": _page("Radio", [], each(lambda p: f'<p class="i"><a href="{link(p)}">{text(p.title)}</a></p>', news))},
                {("feed", base + "/info.rss"), ("listing", base + "/info")}, {link(p) for p in news})  # fmt: skip


def council() -> Site:
    """A town hall that publishes its deliberations: a table, a row for each, the number is the link, the subject beside it."""
    news, base = posts(14, 60), "http://www.mairie-rd.example"
    link = lambda p: f"/uploads/deliberations/DEL_2025_{p.n:03}.pdf"
    row = lambda p: f"""<tr><td>{p.slashed}</td><td><a href="{link(p)}">DEL 2025-{p.n:03}</a></td><td>{text(p.title)}</td></tr>"""  # fmt: skip
    menu = [("/commune", "La commune"), ("/conseil-municipal", "Conseil municipal"), ("/vivre", "Vivre ici")]
    council = '<h1>Conseil municipal</h1><ul class="elus"><li>Mme Le Goff, maire</li></ul><p><a class="btn" href="/conseil-municipal/deliberations">Consulter les délibérations</a></p>'
    return Site("council", base + "/", {"/": _page("Mairie", menu, "<h1>Mairie</h1>"), "/conseil-municipal": _page("Mairie", menu, council), "/conseil-municipal/deliberations": _page("Mairie", menu, f'<table class="table"><tbody>{each(row, news)}</tbody></table>'), "/commune": _page("Mairie", menu, "<p>Histoire</p>"), "/vivre": _page("Mairie", menu, "<p>Cantine</p>")},
                {("listing", base + "/conseil-municipal/deliberations")}, {base + link(p) for p in news})  # fmt: skip


def hybrid() -> Site:
    """WordPress behind a static front: generator hidden, no feed declared, articles below the year; /feed/ answers."""
    news, base = posts(10, 1), "http://www.collectif-re.example"
    link = lambda p: f"{base}/{p.when:%Y/%m/%d}/{p.slug}/"
    menu = [("/qui-sommes-nous/", "Qui sommes-nous ?"), ("/agir/", "Agir"), ("/don/", "Faire un don")]
    item = lambda p: f"""<div class="tease"><a href="{link(p)}"><img src="/u/{p.n}.jpg" alt=""></a><h2 class="h2"><a href="{link(p)}">{text(p.title)}</a></h2></div>"""  # fmt: skip
    return Site("hybrid", base + "/", {"/": _page("Collectif", menu, each(item, news[:3])), "/feed/": rss(news, link), "/agir/": _page("Collectif", menu, "<p>Agir</p>")},
                {("feed", base + "/feed/")}, {link(p) for p in news})  # fmt: skip


def grouped() -> Site:
    """A union of tenants: the news by month, a `<ul>` in each; the link is the whole line, its day in front of the title."""
    news, base = posts(15, 1), "http://www.locataires-rf.example"
    link = lambda p: f"/infos/{p.when:%Y-%m}/{p.slug}.html"
    months = sorted({p.when.strftime("%Y-%m") for p in news}, reverse=True)
    line = lambda p: f'<li><a href="{link(p)}"><b>{p.when.day} {SHORT[p.when.month - 1]} {p.when.year}</b> {text(p.title)}</a></li>'  # fmt: skip
    main = "".join(f'<div class="mois" id="m{m}"><h3>{m}</h3><ul>{each(line, [p for p in news if p.when.strftime("%Y-%m") == m])}</ul></div>' for m in months)  # fmt: skip
    menu = [("/permanences.html", "Permanences"), ("/infos.html", "Toutes nos infos"), ("/droits.html", "Vos droits")]
    return Site("grouped", base + "/", {"/": _page("Locataires", menu, "<h1>Locataires</h1>"), "/infos.html": _page("Locataires", menu, main), "/permanences.html": _page("Locataires", menu, "<p>Lundi</p>"), "/droits.html": _page("Locataires", menu, "<ul><li><a href='/droits/bail.html'>Le bail</a></li><li><a href='/droits/caution.html'>La caution</a></li></ul>")},
                {("listing", base + "/infos.html")}, {base + link(p) for p in news})  # fmt: skip


def language_root() -> Site:
    """An institution whose root moves to /fr/, where « Newsroom » holds an empty first list and the releases below it."""
    news, base = posts(9, 1), "http://www.institut-rg.example"
    link = lambda p: f"/fr/newsroom/{p.when:%Y}/{p.slug}"
    item = lambda p: f"""<li class="result"><article><h4 class="result__title"><a href="{link(p)}">{text(p.title)}</a></h4><footer><time datetime="{p.when:%Y-%m-%d}">{p.day}</time></footer></article></li>"""  # fmt: skip
    menu = [("/fr/institut", "L'institut"), ("/fr/newsroom", "Newsroom"), ("/en", "EN")]
    room = f'<div class="featured"></div><ol class="results">{each(item, news)}</ol>'
    return Site("language-root", base + "/", {"/": {"status": 302, "headers": {"Location": "/fr/"}, "body": ""}, "/fr/": _page("Institut", menu, "<h1>L'institut</h1>"), "/fr/newsroom": _page("Institut", menu, room), "/fr/institut": _page("Institut", menu, "<p>L'institut</p>"), "/en": _page("Institut", menu, "<p>Hello</p>")},
                {("listing", base + "/fr/newsroom")}, {base + link(p) for p in news})  # fmt: skip


def monthly_maps() -> Site:
    """A daily: no feed, an index of sitemaps by month that robots.txt names, and sections on the front page."""
    news, base = posts(20, 1), "http://www.journal-rh.example"
    link = lambda p: f"{base}/{p.when:%Y/%m/%d}/{p.slug}-{p.n + 9000}.html"
    by_month = {
        m: [p for p in news if p.when.strftime("%Y-%m") == m] for m in ("2025-04", "2025-03", "2025-02", "2025-01")
    }
    news = [p for month in by_month.values() for p in month]
    maps = {
        f"/sitemaps/articles-{m}.xml": urlset([(link(p), f"{p.when:%Y-%m-%d}") for p in some])
        for m, some in by_month.items()
    }
    menu = [("/sports", "Sports"), ("/culture", "Culture"), ("/abonnement", "Abonnement")]
    robots = f"User-agent: *\nAllow: /\nSitemap: {base}/sitemaps/index.xml\n"
    first = by_month["2025-04"] or news[:2]
    return Site("monthly-maps", base + "/", {"/": _page("Journal", menu, "<div id='app'></div>"), "/robots.txt": robots, "/sitemaps/index.xml": index([base + path for path in maps])} | maps,
                {("sitemap", base + "/sitemaps/index.xml")}, {link(p) for p in first}, {link(p) for p in news})  # fmt: skip


def magazine() -> Site:
    """A region's on-line magazine on a host of its own, which « Mag » in the menu names; no feed, cards in sections."""
    news, base, mag = posts(9, 1), "http://www.region-ri.example", "http://mag.region-ri.example"
    link = lambda p: f"{mag}/articles/{p.slug}"
    item = lambda p: f"""<div class="mag-card mag-card--{p.n % 3}"><a class="mag-card__cover" href="{link(p)}" tabindex="-1" aria-hidden="true"><img alt="" src="/i.jpg"></a><div><p class="mag-card__date">{p.short}</p><h3><a class="mag-card__title" href="{link(p)}">{text(p.title)}</a></h3></div></div>"""  # fmt: skip
    menu = [("/aides", "Les aides"), (mag + "/", "Mag"), ("/elus", "Vos élus")]
    return Site("magazine", base + "/", {"/": _page("Région", menu, "<h1>Région</h1>"), mag + "/": _page("Le Mag", [("/", "Le Mag"), (base + "/", "La Région")], each(item, news)), "/aides": _page("Région", menu, "<p>Aides</p>"), "/elus": _page("Région", menu, "<p>Élus</p>")},
                {("listing", mag + "/")}, {link(p) for p in news})  # fmt: skip


def intranet() -> Site:
    """A hospital group on a proprietary system: `.do` addresses with sessions, news in a list of definitions, events too."""
    news, base = posts(9, 510), "http://www.ght-rj.example"
    link = lambda p: f"/portail/actualite.do?idActualite={p.n}"
    item = lambda p: f"""<dt class="titre"><a href="{link(p)}">{text(p.title)}</a></dt><dd class="date">Mis en ligne le {p.slashed}</dd><dd class="resume">Le groupement informe ses usagers.</dd>"""  # fmt: skip
    menu = [("/portail/rubrique.do?id=3", "Patients"), ("/portail/actualites.do", "Nos actualités"), ("/portail/agenda.do", "Agenda"), ("/portail/emplois.do", "Offres d'emploi")]  # fmt: skip
    return Site("intranet", base + "/", {"/": _page("GHT", menu, "<h1>GHT</h1>"), "/portail/actualites.do": _page("GHT", menu, f'<dl class="liste">{each(item, news)}</dl>'), "/portail/agenda.do": _page("GHT", menu, agenda("/portail/evenement.do?id=")), "/portail/rubrique.do?id=3": _page("GHT", menu, "<p>Patients</p>")},
                {("listing", base + "/portail/actualites.do")}, {base + link(p) for p in news})  # fmt: skip


SITES = (hub, two_lists, podcast_first, council, hybrid, grouped, language_root, monthly_maps, magazine, intranet)
