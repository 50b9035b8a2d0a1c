"""Ten more sites, written when the twenty before them were found, and what was not found of the twenty after these."""

# ruff: noqa: E731, ANN (the lines of the pages they stand for; one-line addresses)
from __future__ import annotations

from itertools import groupby

from tests.sites import MONTHS, Site, atom, each, posts, rss, text, urlset
from tests.sites.cms import agenda


def terms() -> Site:
    """Drupal 10: the term's page declares a feed of the term, the home page that of all nodes, pages and forms among them."""
    news, base = posts(10, 1), "http://www.ville-pa.example"
    link = lambda p: f"{base}/actualite/{p.slug}"
    fixed = posts(8, 40, back=2, titles=("Horaires de la déchèterie", "Accueil", "Mentions légales", "Contact", "Formulaire de signalement"))  # fmt: skip
    still = lambda p: f"{base}/node/{p.n}"
    teaser = lambda p: f"""<article about="/actualite/{p.slug}" class="node node--type-actualite node--view-mode-teaser"><h2><a href="/actualite/{p.slug}" rel="bookmark"><span class="field field--name-title">{text(p.title)}</span></a></h2><footer class="node__meta"><div class="node__submitted">Soumis par <span>webmestre</span> le <time datetime="{p.iso}" class="datetime">{p.slashed}</time></div></footer><div class="node__content"><ul class="links inline"><li class="node-readmore"><a href="/actualite/{p.slug}" title="{text(p.title)}">En savoir plus<span class="visually-hidden"> sur {text(p.title)}</span></a></li></ul></div></article>"""  # fmt: skip

    def page(main, title, feed):
        return f"""<!DOCTYPE html><html lang="fr" dir="ltr"><head><meta charset="utf-8" /><meta name="Generator" content="Drupal 10 (https://www.drupal.org)" /><link rel="alternate" type="application/rss+xml" title="{title}" href="{base}{feed}" /><title>{title} | Pamiers</title></head><body class="path-frontpage"><div class="dialog-off-canvas-main-canvas"><nav role="navigation"><ul class="menu"><li class="menu-item"><a href="/mairie">Mairie</a></li><li class="menu-item"><a href="/taxonomy/term/12">Actualités</a></li><li class="menu-item"><a href="/agenda">Agenda</a></li></ul></nav><main>{main}</main></div></body></html>"""

    return Site("terms", base + "/", {"/": page("<h1>Pamiers</h1>", "Accueil", "/rss.xml"), "/rss.xml": rss(sorted(news[5:] + fixed, key=lambda p: p.when, reverse=True), lambda p: link(p) if p in news else still(p), "Pamiers"), "/taxonomy/term/12": page(each(teaser, news), "Actualités", "/taxonomy/term/12/feed"), "/taxonomy/term/12/feed": rss(news, link, "Actualités"), "/agenda": page(agenda("/evenement/"), "Agenda", "/rss.xml")},
                {("feed", base + "/taxonomy/term/12/feed"), ("listing", base + "/taxonomy/term/12")}, {link(p) for p in news})  # fmt: skip


def three_links() -> Site:
    """Each press release has its page, its PDF and links to share it; a column of contacts has as many links."""
    news, base = posts(8, 1), "http://www.region-pb.example"
    link = lambda p: f"/presse/communiques/{p.slug}"
    card = lambda p: f"""<div class="cp"><p class="cp__date">{p.day}</p><h3 class="cp__titre">{text(p.title)}</h3><div class="cp__actions"><a class="btn btn-lire" href="{link(p)}">Lire le communiqué</a><a class="btn btn-pdf" href="/docs/cp_{p.ymd}.pdf">Télécharger (PDF, 120 ko)</a><a href="https://www.facebook.com/sharer?u={p.n}">Partager</a><a href="mailto:?subject=cp">Envoyer</a></div></div>"""  # fmt: skip

    def page(main, title):
        people = "".join(
            f'<li><a href="/presse/contacts/{n}">Service de presse, pôle {n}</a></li>' for n in range(1, 9)
        )
        return f"""<!doctype html><html lang="fr"><head><meta charset="utf-8"><title>{title} - La Région</title></head><body><header><a href="/transports">Transports</a><a href="/lycees">Lycées</a><a href="/presse">Presse</a></header><div class="two"><div class="left">{main}</div><div class="right"><h4>Vos contacts</h4><ul>{people}</ul></div></div></body></html>"""

    return Site("three-links", base + "/", {"/": page("<h1>La Région</h1>", "Accueil"), "/presse": page(each(card, news), "Presse")},
                {("listing", base + "/presse")}, {base + link(p) for p in news}, {f"{base}/docs/cp_{p.ymd}.pdf" for p in news})  # fmt: skip


def months() -> Site:
    """Releases below the heading of their month, each with the number of its day only."""
    news, base = posts(11, 1), "http://www.syndicat-eau-pc.example"
    link = lambda p: f"/cp-{p.n + 200}.html"
    by = groupby(news, key=lambda p: (p.when.year, p.when.month))
    lists = "".join(f'<h3>{MONTHS[m - 1].capitalize()} {y}</h3><table class="mois">{each(lambda p: f"<tr><td>{p.when.day}</td><td><a href={link(p)}>{text(p.title)}</a></td></tr>", list(of))}</table>' for (y, m), of in by)  # fmt: skip

    def page(main, title):
        return f"""<!doctype html><html lang="fr"><head><meta charset="utf-8"><title>{title}</title></head><body><table class="menu"><tr><td><a href="/eau.html">L'eau</a></td><td><a href="/tarifs.html">Tarifs</a></td><td><a href="/cp.html">Communiqués</a></td><td><a href="/marches.html">Marchés publics</a></td></tr></table>{main}</body></html>"""

    return Site("months", base + "/", {"/": page("<h1>Syndicat des eaux</h1>", "Accueil"), "/cp.html": page(lists, "Communiqués")},
                {("listing", base + "/cp.html")}, {base + link(p) for p in news})  # fmt: skip


def docusaurus() -> Site:
    """A collective's site made for manuals: chapters everywhere, and a blog whose page declares RSS and Atom."""
    news, base = posts(9, 1), "http://collectif-pd.example"
    link = lambda p: f"{base}/blog/{p.when:%Y/%m/%d}/{p.slug}"
    chapters = "".join(f'<li class="menu__list-item"><a class="menu__link" href="/docs/chapitre-{n}">Chapitre {n} : les droits des habitants filmés dans la rue</a></li>' for n in range(25))  # fmt: skip
    item = lambda p: f"""<article class="margin-bottom--xl" itemprop="blogPost"><header><h2 class="title_f1Hy" itemprop="headline"><a itemprop="url" href="{link(p)[len(base):]}">{text(p.title)}</a></h2><div class="container_mt6G margin-vert--md"><time datetime="{p.iso}" itemprop="datePublished">{p.day}</time> · 2 minutes de lecture</div></header><footer><a aria-label="En savoir plus à propos de {text(p.title)}" href="{link(p)[len(base):]}"><b>En savoir plus</b></a></footer></article>"""  # fmt: skip
    feeds = '<link rel="alternate" type="application/rss+xml" href="/blog/rss.xml" title="Collectif RSS Feed"><link rel="alternate" type="application/atom+xml" href="/blog/atom.xml" title="Collectif Atom Feed">'

    def page(main, title, head=""):
        return f"""<!doctype html><html lang="fr" class="plugin-docs"><head><meta charset="UTF-8"><meta name="generator" content="Docusaurus v3.7.0"><title>{title} | Collectif</title>{head}</head><body><nav class="navbar"><a class="navbar__item" href="/docs/intro">Le guide</a><a class="navbar__item" href="/blog">Blog</a></nav><div id="__docusaurus">{main}</div></body></html>"""

    guide = page(f'<div class="theme-doc-sidebar"><ul class="theme-list">{chapters}</ul></div>', "Le guide")
    return Site("docusaurus", base + "/", {"/": page("<h1>Collectif</h1>", "Accueil"), "/docs/intro": guide, "/blog": page(each(item, news), "Blog", feeds), "/blog/rss.xml": rss(news, link), "/blog/atom.xml": atom(news, link)},
                {("feed", base + "/blog/rss.xml"), ("feed", base + "/blog/atom.xml"), ("listing", base + "/blog")}, {link(p) for p in news})  # fmt: skip


def webnode() -> Site:
    """A defence committee on a free host: the news below `/l/`, a feed in /rss/ that a link names after its page."""
    news, base = posts(7, 1), "http://comite-pe.example"
    link = lambda p: f"{base}/l/{p.slug}/"
    item = lambda p: f"""<div class="b-l-i"><div class="b-l-i-d">{p.when.day:02}.{p.when.month:02}.{p.when.year}</div><h2 class="b-l-i-t"><a href="/l/{p.slug}/">{text(p.title)}</a></h2></div>"""  # fmt: skip

    def page(main, title):
        return f"""<!DOCTYPE html><html class="no-js" lang="fr"><head><meta charset="utf-8"><title>{title} :: Comité de défense</title></head><body><div class="menu"><a href="/"><span>Page d'accueil</span></a><a href="/quoi-de-neuf/"><span>Quoi de neuf ?</span></a><a href="/petition/"><span>Signer la pétition</span></a><a href="/contact/"><span>Contact</span></a></div>{main}<p>Optimisé par un service</p></body></html>"""

    body = f'<h1>Quoi de neuf ?</h1>{each(item, news)}<a href="{base}/rss/quoi-de-neuf.xml">Flux RSS</a>'
    return Site("webnode", base + "/", {"/": page("<h1>Le comité</h1>", "Accueil"), "/quoi-de-neuf/": page(body, "Quoi de neuf ?"), "/rss/quoi-de-neuf.xml": rss(news, link)},
                {("feed", base + "/rss/quoi-de-neuf.xml"), ("listing", base + "/quoi-de-neuf/")}, {link(p) for p in news})  # fmt: skip


def spip_titles() -> Site:
    """A union's SPIP: addresses are titles with capitals, sections stand between hyphens, `ecrire` is forbidden."""
    news, base = posts(10, 1), "http://syndicat-pf.example"
    link = lambda p: f"{base}/{p.slug.capitalize()}"
    item = lambda p: f"""<li class="item"><strong><a href="{p.slug.capitalize()}" rel="bookmark" class="title">{text(p.title)}</a></strong><small>{p.day}, par Léa</small></li>"""  # fmt: skip
    sections = "".join(f'<li><a href="-{name}-">{name.replace("-", " ")}</a></li>' for name in ("Nos-droits", "Communiques", "Formations", "Adherer"))  # fmt: skip

    def page(main, title):
        return f"""<!DOCTYPE html><html class="page_sommaire ltr fr no-js" lang="fr"><head><meta charset="utf-8"><base href="{base}/"><meta name="generator" content="SPIP 4.3.8"><title>{title}</title></head><body><div class="nav" id="nav"><ul>{sections}</ul></div><div class="main">{main}</div><footer><a href="spip.php?page=plan">Plan du site</a> <a href="spip.php?page=login">Se connecter</a></footer></body></html>"""

    room = f'<h1>Communiqués</h1><a href="spip.php?page=backend&amp;id_rubrique=5" rel="alternate">RSS 2.0</a><ul class="liste-items">{each(item, news)}</ul>'
    rest = posts(10, 300, titles=("Modèle de lettre", "Grille des salaires", "Le stage de mai"))
    return Site("spip-titles", base + "/", {"/": page("<h1>Le syndicat</h1>", "Le syndicat"), "/-Communiques-": page(room, "Communiqués"), "/spip.php?page=backend&id_rubrique=5": rss(news, link), "/spip.php?page=backend": rss(news[:5] + rest, lambda p: link(p) if p in news else f"{base}/Doc-{p.n}"), "/robots.txt": "User-agent: *\nDisallow: /ecrire/\n"},
                {("feed", base + "/spip.php?page=backend&id_rubrique=5"), ("listing", base + "/-Communiques-")}, {link(p) for p in news})  # fmt: skip


def decisions() -> Site:
    """A court: no news but its decisions, whose titles are numbers; practical pages all around."""
    acts, base = posts(10, 4_100), "http://tribunal-pg.example"
    link = lambda p: f"/decisions-de-justice/dernieres-decisions/decision-n-{p.n}"
    item = lambda p: f"""<li class="results-item"><span class="date-chambre">{p.day} - 3e chambre</span><a href="{link(p)}"><h3>Décision n° {p.n} : {text(p.title)}</h3></a></li>"""  # fmt: skip

    def page(main, title):
        return f"""<!doctype html><html lang="fr"><head><meta charset="utf-8"><title>{title} - Tribunal administratif</title></head><body><nav><ul><li><a href="/le-tribunal">Le tribunal</a></li><li><a href="/demarches-procedures">Démarches et procédures</a></li><li><a href="/decisions-de-justice/dernieres-decisions">Dernières décisions</a></li><li><a href="/audiences">Calendrier des audiences</a></li></ul></nav><main>{main}</main></body></html>"""

    return Site("decisions", base + "/", {"/": page("<h1>Bienvenue</h1>", "Accueil"), "/decisions-de-justice/dernieres-decisions": page(f'<ul class="results">{each(item, acts)}</ul>', "Dernières décisions"), "/audiences": page(agenda("/audiences/"), "Audiences")},
                {("listing", base + "/decisions-de-justice/dernieres-decisions")}, {base + link(p) for p in acts})  # fmt: skip


def webflow() -> Site:
    """Webflow: collections of news, of projects and of the team are `w-dyn-item` all; no feed, a sitemap of everything."""
    news, base = posts(9, 1), "http://www.agence-ph.example"
    link = lambda p: f"{base}/articles/{p.slug}"

    def items(of, path, dated):
        day = (lambda p: f'<div class="date-small">{p.day}</div>') if dated else lambda p: ""
        item = lambda p: f"""<div role="listitem" class="w-dyn-item"><a href="{path}{p.slug}" class="card-link w-inline-block"><div class="image-wrap"></div><div class="text-block-12">{text(p.title)}</div>{day(p)}</a></div>"""  # fmt: skip
        return f'<div class="w-dyn-list"><div role="list" class="w-dyn-items">{each(item, of)}</div></div>'

    projects = posts(20, 1, titles=("Halle du marché", "Écoquartier des Bords de Seine", "Pôle de santé", "Passerelle"))

    def page(main, title):
        return f"""<!DOCTYPE html><html data-wf-page="6a" data-wf-site="6b" lang="fr"><head><meta charset="utf-8"/><title>{title}</title><meta content="Webflow" name="generator"/></head><body><div class="navbar w-nav"><nav role="navigation" class="w-nav-menu"><a href="/projets" class="w-nav-link">Projets</a><a href="/journal-de-bord" class="w-nav-link">Journal de bord</a><a href="/equipe" class="w-nav-link">L'équipe</a></nav></div>{main}</body></html>"""

    everything = urlset([(f"{base}/{path}", "") for path in ("projets", "equipe", "journal-de-bord", *(f"articles/{p.slug}" for p in news))]).replace(b"<lastmod></lastmod>", b"")  # fmt: skip
    return Site("webflow", base + "/", {"/": page(items(projects[:4], "/projets/", False), "Agence"), "/projets": page(items(projects, "/projets/", False), "Projets"), "/journal-de-bord": page(items(news, "/articles/", True), "Journal de bord"), "/sitemap.xml": everything},
                {("listing", base + "/journal-de-bord")}, {link(p) for p in news})  # fmt: skip


def breaks() -> Site:
    """One paragraph: dates in bold, links and line breaks side by side, nothing around an item."""
    news, base = posts(9, 1), "http://www.ligue-pi.example"
    line = lambda p: f'<strong>{p.slashed}</strong> : <a href="communiques/cp{p.ymd}.htm">{text(p.title)}</a><br>'

    def page(main, title):
        return f"""<html><head><meta charset="utf-8"><title>{title}</title></head><body bgcolor="#ffffff"><center><a href="index.htm">Accueil</a> - <a href="section.htm">La section</a> - <a href="communiques.htm">Communiqués</a> - <a href="liens.htm">Liens amis</a></center>{main}</body></html>"""

    return Site("breaks", base + "/", {"/": page("<h1>La section</h1>", "La section"), "/communiques.htm": page(f"<p>{each(line, news)}</p>", "Communiqués"), "/liens.htm": page("".join(f'<a href="http://ami{n}.example/">Un site ami {n}</a><br>' for n in range(9)), "Liens")},
                {("listing", base + "/communiques.htm")}, {f"{base}/communiques/cp{p.ymd}.htm" for p in news})  # fmt: skip


def typo3_query() -> Site:
    """Typo3 without clean addresses: each page is `index.php?id=`, each article has a plugin's parameter and a hash."""
    news, base = posts(8, 1), "http://www.chambre-pj.example"
    link = lambda p: (
        f"index.php?id=2885&tx_news_pi1%5Bnews%5D={p.n + 700}&tx_news_pi1%5Baction%5D=detail&cHash={p.n * 7919:08x}"
    )
    item = lambda p: f"""<div class="article articletype-0 news-list-item" itemscope="itemscope"><div class="header"><h3><a title="{text(p.title)}" href="{text(link(p))}"><span itemprop="headline">{text(p.title)}</span></a></h3></div><div class="teaser-text"><a class="more" href="{text(link(p))}">[plus]</a></div><div class="footer"><span class="news-list-date"><time datetime="{p.when:%Y-%m-%d}">{p.slashed}</time></span></div></div>"""  # fmt: skip

    def page(main, title):
        menu = "".join(f'<li><a href="index.php?id={n}">{name}</a></li>' for n, name in ((2801, "Nos missions"), (2810, "S'installer"), (2885, "Toute l'actualité"), (2890, "Agenda des formations")))  # fmt: skip
        return f"""<!DOCTYPE html><html lang="fr"><head><meta charset="utf-8"><meta name="generator" content="TYPO3 CMS"><base href="{base}/"><title>{title}</title></head><body id="p2885"><ul id="nav">{menu}</ul><!--TYPO3SEARCH_begin-->{main}<!--TYPO3SEARCH_end--></body></html>"""

    pager = '<ul class="f3-widget-paginator"><li><a href="index.php?id=2885&amp;tx_news_pi1%5B%40widget_0%5D%5BcurrentPage%5D=2&amp;cHash=ab">2</a></li></ul>'
    return Site("typo3-query", base + "/", {"/": page("<h1>La chambre</h1>", "La chambre"), "/index.php?id=2885": page(each(item, news) + pager, "Toute l'actualité"), "/index.php?id=2890": page(agenda("index.php?id=2891&amp;e="), "Agenda")},
                {("listing", base + "/index.php?id=2885")}, {f"{base}/{link(p)}" for p in news})  # fmt: skip


def _page(body: str, title: str, head: str = "") -> str:
    return f'<!doctype html><html lang="fr"><head><meta charset="utf-8"><title>{title}</title>{head}</head><body>{body}</body></html>'


def two_feeds() -> Site:
    """A paper: declares the feeds of sports and of all."""
    news, base = posts(12, 1), "http://www.le-journal-rd.example"
    link = lambda p: f"{base}/local/{p.when:%Y/%m/%d}/{p.slug}-{p.n}"
    sport = posts(12, 900, titles=("Le club gagne", "Défaite à domicile", "Tournoi de judo"))
    head = f'<link rel="alternate" type="application/rss+xml" title="Le Journal - Sports" href="{base}/sports/rss"><link rel="alternate" type="application/rss+xml" title="Le Journal - Toute l\'info" href="{base}/rss">'
    sl = lambda p: f"{base}/sports/{p.slug}-{p.n}"
    return Site(
        "two-feeds",
        base + "/",
        {
            "/": _page("<h1>Le Journal</h1>", "Le Journal", head),
            "/sports/rss": rss(sport, sl, "Sports"),
            "/rss": rss(
                sorted(news + sport[:2], key=lambda p: p.when, reverse=True),
                lambda p: link(p) if p in news else sl(p),
                "Toute l'info",
            ),
        },
        {("feed", base + "/rss")},
        {link(p) for p in news} | {sl(p) for p in sport[:2]},
    )


def years() -> Site:
    """A prefecture's press room: a page for each year, this one's linked from a select made of links."""
    news, base = posts(9, 1), "http://www.etat-rg.example"
    nav = '<ul class="m"><li><a href="/demarches">Démarches</a></li><li><a href="/presse">Presse</a></li></ul>'
    item = lambda p: (
        f'<div class="cp"><em>{p.slashed}</em> <a href="/content/download/{p.n}/{p.n}/file/cp.pdf">{text(p.title)}</a></div>'
    )
    years = "".join(f'<a href="/presse/communiques/{y}">{y}</a> ' for y in range(2018, 2026))
    return Site(
        "years",
        base + "/",
        {
            "/": _page(nav + "<h1>État</h1>", "État"),
            "/presse": _page(nav + f"<h1>Presse</h1><p>Les communiqués par année : {years}</p>", "Presse"),
            "/presse/communiques/2025": _page(nav + each(item, news), "2025"),
            "/presse/communiques/2024": _page(nav + each(item, posts(9, 90, back=120)), "2024"),
        },
        {("listing", base + "/presse/communiques/2025"), ("archive", base + "/presse/communiques/%Y")},
        {f"{base}/content/download/{p.n}/{p.n}/file/cp.pdf" for p in news},
    )


def whole_sitemap() -> Site:
    """A Nuxt portal without links in its pages; robots names one sitemap of all, its news below `/actualites/`."""
    news, base = posts(12, 1), "http://www.ville-rj.example"
    link = lambda p: f"{base}/actualites/{p.slug}"
    urls = [(f"{base}/{s}", "2025-04-10") for s in ("mairie", "ecoles", "contact", "services/eau")] + [
        (link(p), f"{p.when:%Y-%m-%d}") for p in news
    ]
    return Site(
        "nuxt",
        base + "/",
        {
            "/": '<!doctype html><html lang="fr"><head><title>Ville</title></head><body><div id="__nuxt"></div></body></html>',
            "/robots.txt": f"User-agent: *\nSitemap: {base}/sitemap.xml\n",
            "/sitemap.xml": urlset(urls),
        },
        {("sitemap", base + "/sitemap.xml")},
        {link(p) for p in news},
    )


def mag() -> Site:
    """« Le mag » of a town: the day, month and year of each article in three spans."""
    news, base = posts(9, 1), "http://www.ville-sa.example"
    nav = '<div id="mn"><a href="/ma-mairie">Ma mairie</a><a href="/vivre">Vivre</a><a href="/le-mag">Le mag en ligne</a><a href="/contact">Contact</a></div>'
    it = lambda p: (
        f'<div class="bloc"><div class="date"><span>{p.when.day}</span> <span>{p.when.month:02}</span> <span>{p.when.year}</span></div><div class="t"><a href="/le-mag/{p.n}-{p.slug}">{text(p.title)}</a></div><p>Chapeau de l’article.</p></div>'
    )
    return Site(
        "mag",
        base + "/",
        {"/": _page(nav + "<h1>Ville</h1>", "Ville"), "/le-mag": _page(nav + each(it, news), "Le mag")},
        {("listing", base + "/le-mag")},
        {f"{base}/le-mag/{p.n}-{p.slug}" for p in news},
    )


def communication() -> Site:
    """A hospital: the news stand below a page of the menu, under « Communication »."""
    news, base = posts(8, 1), "http://www.hopital-sd.example"
    nav = '<ul><li><a href="/patients">Patients</a></li><li><a href="/l-hopital">L’hôpital</a></li></ul>'
    it = lambda p: f'<li><a href="/l-hopital/communication/{p.slug}">{text(p.title)}</a> <i>{p.short}</i></li>'
    sub = (
        nav
        + '<div class="sub"><a href="/l-hopital/histoire">Histoire</a><a href="/l-hopital/communication">Communication</a></div>'
    )
    return Site(
        "communication",
        base + "/",
        {
            "/": _page(nav + "<h1>Hôpital</h1>", "Hôpital"),
            "/l-hopital": _page(sub, "L’hôpital"),
            "/l-hopital/communication": _page(sub + f"<ul class=x>{each(it, news)}</ul>", "Communication"),
        },
        {("listing", base + "/l-hopital/communication")},
        {f"{base}/l-hopital/communication/{p.slug}" for p in news},
    )


def presse_host() -> Site:
    """A press room on a host of its own shows three releases, and leads to the whole list."""
    news, base = posts(9, 1), "http://www.metropole-sh.example"
    press = "http://presse.metropole-sh.example"
    it = lambda p: (
        f'<div class="c"><h3><a href="{press}/cp/{p.slug}">{text(p.title)}</a></h3><span>{p.day}</span></div>'
    )
    return Site(
        "presse-host",
        base + "/",
        {
            "/": _page(
                f'<h1>Métropole</h1><footer><a href="/mentions">Mentions légales</a><a href="{press}/">Presse</a></footer>',
                "Métropole",
            ),
            press + "/": _page(f'<h1>Presse</h1><a href="/cp">Tous les communiqués</a>{each(it, news[:3])}', "Presse"),
            press + "/cp": _page(each(it, news), "Communiqués"),
        },
        {("listing", press + "/cp")},
        {f"{press}/cp/{p.slug}" for p in news},
    )


def tribunes() -> Site:
    """An elected group: each title has a second link to its comments, in the date's item."""
    news, base = posts(9, 1), "http://www.groupe-si.example"
    it = lambda p: (
        f'<div class="wsite"><h2 class="blog-title"><a class="blog-title-link" href="/{p.n}/{p.slug}">{text(p.title)}</a></h2><p class="blog-date"><span class="date-text">{p.when:%d/%m/%Y}</span></p><p><a href="/{p.n}/{p.slug}#comments">0 Commentaires</a></p></div>'
    )
    nav = '<a href="/">Accueil</a><a href="/nos-elus">Nos élus</a><a href="/tribunes">Tribunes et interventions</a>'
    return Site(
        "tribunes",
        base + "/",
        {"/": _page(nav + "<h1>Groupe</h1>", "Groupe"), "/tribunes": _page(nav + each(it, news), "Tribunes")},
        {("listing", base + "/tribunes")},
        {f"{base}/{p.n}/{p.slug}" for p in news},
    )


SITES = (
    terms,
    three_links,
    months,
    docusaurus,
    webnode,
    spip_titles,
    decisions,
    webflow,
    breaks,
    typo3_query,
    two_feeds,
    years,
    whole_sitemap,
    mag,
    communication,
    presse_host,
    tribunes,
)
