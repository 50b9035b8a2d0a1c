"""Twenty more sites, written before the rules that read them were looked at again: the measure of the third round."""

# ruff: noqa: E731, ANN (the lines of the pages they stand for; one-line addresses)
from __future__ import annotations

from tests.sites import SHORT, TITLES, Site, each, index, posts, rss, text, urlset
from tests.sites.cms import agenda

SERVICES = ("État civil", "Urbanisme", "Cantine et garderie", "Marché", "Salles municipales", "Bibliothèque")


def inovagora() -> Site:
    """Day and month of each card in two spans and no year; themes to filter by; the agenda's cards are the same."""
    news, base = posts(9, 71), "http://www.ville-na.example"

    def card(kind):
        return lambda p: (
            f"""<article class="item item--{kind}"><a class="item__link" href="/{kind}/{p.slug}-{p.n}.html"><figure class="item__picture"><img src="/img/{p.n}.webp" alt=""></figure><div class="item__date" aria-hidden="true"><span class="day">{p.when.day:02}</span><span class="month">{SHORT[p.when.month - 1]}</span></div><p class="item__theme">Vie municipale</p><h2 class="item__title">{text(p.title)}</h2></a></article>"""
        )

    themes = "".join(f'<li><a href="/actualites.html?theme={n}">Thème {n}</a></li>' for n in range(1, 9))

    def page(main, title):
        return f"""<!doctype html><html lang="fr"><head><meta charset="utf-8"><title>{title} - Ville de Nay</title></head><body><ul class="evitement"><li><a href="#contenu">Aller au contenu</a></li></ul><nav class="menu"><ul><li><a href="/ma-ville.html">Ma ville</a><ul><li><a href="/actualites.html">Actualités</a></li><li><a href="/agenda.html">Agenda</a></li></ul></li><li><a href="/mes-demarches.html">Mes démarches</a></li></ul></nav><main id="contenu">{main}</main><footer><a href="/mentions-legales.html">Mentions légales</a><a href="https://www.inovagora.example">Réalisé par une agence</a></footer></body></html>"""

    listing = f'<h1>Actualités</h1><ul class="filtres">{themes}</ul><div class="list">{each(card("actualite"), news)}</div><ul class="pagination"><li><a href="/actualites/page-2.html">2</a></li><li><a href="/actualites/page-3.html">3</a></li></ul>'
    soon = f'<h1>Agenda</h1><div class="list">{each(card("agenda"), posts(12, 900, back=-80))}</div>'
    return Site("inovagora", base + "/", {"/": page("<h1>Nay</h1>", "Accueil"), "/actualites.html": page(listing, "Actualités"), "/agenda.html": page(soon, "Agenda"), "/ma-ville.html": page("<h1>Ma ville</h1>", "Ma ville")},
                {("listing", base + "/actualites.html")}, {f"{base}/actualite/{p.slug}-{p.n}.html" for p in news})  # fmt: skip


def jcms() -> Site:
    """Jalios: every address is an identifier, of pages and of news alike; the portlet's feed is that of one day's search."""
    news, base = posts(10, 2_480_117), "http://www.departement-nb.example"
    link = lambda p: f"/jcms/prod_{p.n}/fr/{p.slug}"
    item = lambda p: (
        f"""<div class="ds44-card ds44-js-card"><div class="ds44-card__section"><p role="heading" aria-level="2" class="ds44-card__title"><a href="{link(p)[1:]}" class="ds44-card__globalLink">{text(p.title)}</a></p><p class="ds44-docListElem"><i class="icon icon-date"></i>Publié le {p.day}</p></div></div>"""
    )

    def page(main, title):
        menu = "".join(f'<li><a href="jcms/pl1_{500 + n}/fr/{name.lower().replace(" ", "-")}">{name}</a></li>' for n, name in enumerate(("Le Département et vous", "Personnes âgées", "Collèges et éducation", "Routes et mobilités")))  # fmt: skip
        return f"""<!DOCTYPE html><html lang="fr"><head><meta charset="utf-8"><base href="{base}/"><title>{title} - Département</title></head><body class="cmsPage"><header><ul class="ds44-navList">{menu}<li><a href="jcms/pl1_611/fr/toutes-les-actualites">Toutes les actualités</a></li><li><a href="jcms/pl1_612/fr/tout-l-agenda">Tout l'agenda</a></li></ul></header><main>{main}</main><footer><a href="jcms/pl1_700/fr/accessibilite">Accessibilité : partiellement conforme</a></footer></body></html>"""

    return Site("jcms", base + "/", {"/": page('<h1>Le Département</h1><a href="jcms/j_6/fr/accueil">Accueil</a>', "Accueil"), "/jcms/pl1_611/fr/toutes-les-actualites": page(each(item, news), "Toutes les actualités"), "/jcms/pl1_612/fr/tout-l-agenda": page(agenda("jcms/prod_9"), "Agenda")},
                {("listing", base + "/jcms/pl1_611/fr/toutes-les-actualites")}, {base + link(p) for p in news})  # fmt: skip


def neopse() -> Site:
    """A village's ready-made site: news, events and reports are rows of one class, told apart by a letter in the address."""
    news, base = posts(8, 284_911), "http://www.commune-nc.example"
    link = lambda p: f"/fr/nw/1487/{p.n}/{p.slug}"
    row = lambda p: (
        f"""<div class="element-wrapper"><a href="{link(p)}" class="element" title="{text(p.title)}"><div class="element-img" style="background-image:url(/f/{p.n}.jpg)"></div><div class="element-txt"><div class="element-title">{text(p.title)}</div><div class="element-date">Publié le {p.slashed} à 09:00</div></div></a></div>"""
    )
    soon = "".join(
        f'<div class="element-wrapper"><a href="/fr/ev/1488/{p.n}/{p.slug}" class="element"><div class="element-txt"><div class="element-title">Loto {p.n}</div><div class="element-date">Le {p.slashed} à 20:30</div></div></a></div>'
        for p in posts(14, 600, back=-90)
    )

    def page(main, title):
        return f"""<!doctype html><html lang="fr"><head><meta charset="utf-8"><title>{title} | Nantiat</title></head><body><div class="nav"><a href="/fr/rb/1501/la-mairie">La mairie</a><a href="/fr/rb/1502/vivre-ici">Vivre ici</a><a href="/fr/nw/1487/actualites">Actualités</a><a href="/fr/ev/1488/agenda">Agenda</a><a href="/fr/rp/1490/signaler">Signaler un problème</a><a href="/fr/cn/1491/contact">Contact</a></div>{main}<a href="/fr/ml">Mentions légales</a></body></html>"""

    home = f'<div class="bloc"><h2>À la une</h2>{each(row, news[:3])}</div><div class="bloc"><h2>Agenda</h2>{soon[:900]}</div>'
    return Site("neopse", base + "/", {"/": page(home, "Accueil"), "/fr/nw/1487/actualites": page(each(row, news), "Actualités"), "/fr/ev/1488/agenda": page(soon, "Agenda")},
                {("listing", base + "/fr/nw/1487/actualites")}, {base + link(p) for p in news})  # fmt: skip


def footer_feed() -> Site:
    """WordPress with a news type; the head declares the feeds of comments only, an icon in the footer that of the news."""
    news, base = posts(10, 1), "http://www.ville-nd.example"
    link = lambda p: f"{base}/actualites/{p.slug}/"
    home = f"""<!doctype html><html lang="fr-FR"><head><meta charset="UTF-8"><meta name="generator" content="WordPress 6.7"><link rel="alternate" type="application/rss+xml" title="Ville de Nérac &raquo; Flux des commentaires" href="{base}/comments/feed/" /><link rel="https://api.w.org/" href="{base}/wp-json/" /><title>Nérac</title></head><body><nav><a href="{base}/vie-municipale/">Vie municipale</a><a href="{base}/enfance-jeunesse/">Enfance et jeunesse</a></nav>
<main><h1>Bienvenue</h1><div class="widget-temps-forts">{"".join(f'<a href="{base}/{s}/">{s}</a>' for s in ("cantine", "etat-civil", "urbanisme"))}</div></main><footer><ul class="social"><li><a href="https://www.facebook.com/nerac"><i class="fa fa-facebook"></i></a></li><li><a href="{base}/feed/?post_type=actualite" class="ico-rss"><span class="sr-only">RSS</span></a></li></ul></footer></body></html>"""
    return Site("footer-feed", base + "/", {"/": home, "/comments/feed/": rss([], link), "/feed/?post_type=actualite": rss(news, link), "/feed/": rss(posts(1, 5, back=1500, titles=("Bonjour tout le monde !",)), lambda p: f"{base}/bonjour/")},
                {("feed", base + "/feed/?post_type=actualite")}, {link(p) for p in news})  # fmt: skip


def squarespace() -> Site:
    """An association: the collection's page declares its feed, the home page none; the gallery and the shop look alike."""
    news, base = posts(9, 1), "http://www.collectif-ne.example"
    link = lambda p: f"{base}/nouvelles/{p.when:%Y}/{p.when.month}/{p.when.day}/{p.slug}"
    item = lambda p: (
        f"""<article class="blog-basic-grid--container entry blog-item"><div class="blog-article-spacer"><div class="blog-basic-grid--text"><div class="blog-meta-section"><time class="blog-date" pubdate>{p.when.month}/{p.when.day}/{p.when:%y}</time></div><h1 class="blog-title"><a href="{link(p)[len(base) :]}" data-no-animation>{text(p.title)}</a></h1><a class="blog-more-link" href="{link(p)[len(base) :]}">Lire plus</a></div></div></article>"""
    )

    def page(main, title, head=""):
        return f"""<!doctype html><html xmlns:og="http://opengraphprotocol.org/schema/" lang="fr-FR"><head><base href=""><meta charset="utf-8" /><title>{title}</title>{head}<!-- This is Squarespace. --></head><body><header><div class="header-nav-item"><a href="/le-collectif">Le collectif</a></div><div class="header-nav-item"><a href="/nouvelles">Nouvelles</a></div><div class="header-nav-item"><a href="/boutique">Boutique</a></div><a href="/cart">Panier (0)</a></header><main>{main}</main></body></html>"""

    shop = "".join(f'<div class="grid-item"><a href="/boutique/p/affiche-{n}"><div class="grid-title">Affiche n° {n}</div><div class="product-price">10,00 €</div></a></div>' for n in range(20))  # fmt: skip
    feed = f'<link rel="alternate" type="application/rss+xml" title="RSS Feed" href="{base}/nouvelles?format=rss" />'
    return Site("squarespace", base + "/", {"/": page("<h1>Le collectif</h1>", "Collectif"), "/nouvelles": page(each(item, news), "Nouvelles", feed), "/nouvelles?format=rss": rss(news, link), "/boutique": page(shop, "Boutique")},
                {("feed", base + "/nouvelles?format=rss"), ("listing", base + "/nouvelles")}, {link(p) for p in news})  # fmt: skip


def hugo() -> Site:
    """The feed of the home page holds every page of the site, that of the section the news only."""
    news, base = posts(8, 1), "http://asso-nf.example"
    link = lambda p: f"{base}/actualites/{p.slug}/"
    fixed = posts(
        12,
        80,
        back=3,
        titles=("Mentions légales", "Nos statuts", "Adhérer", "Nous contacter", "Qui sommes-nous ?", "Le bureau"),
    )
    still = lambda p: f"{base}/pages/{p.slug}/"
    item = lambda p: f"""<section class="list-item"><h1 class="title"><a href="{link(p)}">{text(p.title)}</a></h1><time>{p.when:%d.%m.%Y}</time><br><div class="description">Résumé</div><a class="readmore" href="{link(p)}">Lire la suite ⟶</a></section>"""  # fmt: skip

    def page(main, title, feed):
        return f"""<!doctype html><html lang="fr"><head><meta charset="utf-8"><meta name="generator" content="Hugo 0.140.0"><title>{title}</title><link rel="alternate" type="application/rss+xml" href="{base}{feed}" title="Bien vivre à Nyons"></head><body><nav><a href="/actualites/">Actualités</a> <a href="/pages/">Pages</a> <a href="/tags/">Tags</a></nav>{main}</body></html>"""

    pages = each(lambda p: f'<section class="list-item"><h1 class="title"><a href="{still(p)}">{text(p.title)}</a></h1><time>{p.when:%d.%m.%Y}</time></section>', fixed)  # fmt: skip
    return Site("hugo", base + "/", {"/": page("<h1>Bien vivre à Nyons</h1>", "Accueil", "/index.xml"), "/index.xml": rss(sorted(news + fixed, key=lambda p: p.when, reverse=True), lambda p: link(p) if p in news else still(p), "Bien vivre à Nyons"), "/actualites/": page(each(item, news), "Actualités", "/actualites/index.xml"), "/actualites/index.xml": rss(news, link, "Actualités on Bien vivre à Nyons"), "/pages/": page(pages, "Pages", "/pages/index.xml"), "/pages/index.xml": rss(fixed, still)},
                {("feed", base + "/actualites/index.xml"), ("listing", base + "/actualites/")}, {link(p) for p in news})  # fmt: skip


def astro() -> Site:
    """A static site without a feed; its sitemap names every page, without a day; classes made by the compiler."""
    news, base = posts(9, 1), "http://www.ville-ng.example"
    link = lambda p: f"{base}/actus/{p.slug}/"
    item = lambda p: f"""<li data-astro-cid-5tznm7mj><a href="{link(p)[len(base):]}" data-astro-cid-5tznm7mj><img loading="lazy" decoding="async" src="/_astro/p.{p.n}.webp" alt=""><h4 class="title" data-astro-cid-5tznm7mj>{text(p.title)}</h4><p class="date" data-astro-cid-5tznm7mj><time datetime="{p.when:%Y-%m-%dT00:00:00.000Z}">{p.short}</time></p></a></li>"""  # fmt: skip

    def page(main, title):
        return f"""<!DOCTYPE html><html lang="fr"><head><meta charset="utf-8"><link rel="sitemap" href="/sitemap-index.xml"><meta name="generator" content="Astro v5.1.1"><title>{title}</title></head><body data-astro-cid-j7pv25f6><header><nav><div class="internal-links"><a href="/">Accueil</a><a href="/actus/">Actus</a><a href="/services/">Services</a></div></nav></header><main>{main}</main></body></html>"""

    others = [f"{base}/services/{s}/" for s in ("eau", "voirie", "ecoles", "etat-civil", "sport")]
    services = "<ul>" + "".join(f'<li><a href="{u}"><h4>{n}</h4></a></li>' for u, n in zip(others, SERVICES, strict=False)) + "</ul>"  # fmt: skip
    sitemap = urlset([(u, "") for u in [base + "/", base + "/actus/", *others, *map(link, news)]]).replace(b"<lastmod></lastmod>", b"")  # fmt: skip
    return Site("astro", base + "/", {"/": page("<h1>Nogent</h1>", "Nogent"), "/actus/": page(f"<ul>{each(item, news)}</ul>", "Actus"), "/services/": page(services, "Services"), "/sitemap-index.xml": index([base + "/sitemap-0.xml"]), "/sitemap-0.xml": sitemap},
                {("listing", base + "/actus/")}, {link(p) for p in news})  # fmt: skip


def google_news() -> Site:
    """A local paper with nothing but a news sitemap, named by robots.txt after that of its pages; no dates on its pages."""
    news, base = posts(14, 40_100, titles=TITLES), "http://www.hebdo-nh.example"
    link = lambda p: f"{base}/{p.n}-{p.slug}"
    by = {link(p): p for p in news}
    named = lambda u: (
        f"<news:news><news:publication><news:name>L'Hebdo</news:name><news:language>fr</news:language></news:publication><news:publication_date>{by[u].iso}</news:publication_date><news:title>{text(by[u].title)}</news:title></news:news>"
    )
    recent = urlset([(link(p), p.iso) for p in news], named)
    pages = urlset([(f"{base}/{s}", "2025-04-10") for s in ("contact", "publicite", "abonnement", "mentions-legales", "annonces-legales", "nos-offres")])  # fmt: skip
    home = f"""<!doctype html><html lang="fr"><head><meta charset="utf-8"><title>L'Hebdo</title></head><body><nav><a href="/rubrique/politique">Politique</a><a href="/rubrique/sport">Sport</a><a href="/abonnement">S'abonner</a></nav>{each(lambda p: f'<div class="card"><a href="{link(p)}"><h2>{text(p.title)}</h2></a></div>', news[:6])}<footer><a href="/contact">Contact</a></footer></body></html>"""
    return Site("google-news", base + "/", {"/": home, "/robots.txt": f"User-agent: *\nDisallow: /compte\n\nSitemap: {base}/sitemap-pages.xml\nSitemap: {base}/google-actu.xml\n", "/sitemap-pages.xml": pages, "/google-actu.xml": recent},
                {("sitemap", base + "/google-actu.xml")}, {link(p) for p in news})  # fmt: skip


def other_language() -> Site:
    """An institution that declares its English feed first, with more entries; the French one after it."""
    news, base = posts(7, 1), "http://www.agence-ni.example"
    english = posts(15, 50, titles=("Annual report published", "Call for projects", "New guidelines", "Board meeting"))
    link, away = lambda p: f"{base}/fr/presse/{p.slug}", lambda p: f"{base}/en/press/{p.n}-{p.slug}"
    head = f'<link rel="alternate" type="application/rss+xml" title="Press releases" href="{base}/en/rss/press.xml"><link rel="alternate" type="application/rss+xml" title="Communiqués de presse" href="{base}/fr/rss/presse.xml">'
    page = f"""<!DOCTYPE html><html lang="fr"><head><meta charset="utf-8"><title>L'Agence</title><link rel="alternate" hreflang="en" href="{base}/en">{head}</head><body><header><a href="/en" lang="en">English</a><a href="/fr/missions">Missions</a></header><main><h1>L'Agence</h1></main></body></html>"""
    return Site("other-language", base + "/fr", {"/": page, "/fr": page, "/en/rss/press.xml": rss(english, away, "Press releases"), "/fr/rss/presse.xml": rss(news, link, "Communiqués de presse")},
                {("feed", base + "/fr/rss/presse.xml")}, {link(p) for p in news})  # fmt: skip


def yearly() -> Site:
    """A paper whose sitemap index has a file for each year, the oldest first, and one of its sections."""
    news, base = posts(20, 9_400), "http://www.la-gazette-nj.example"
    old = [posts(10, 9_400 - 1_000 * n, back=400 * n) for n in (3, 2, 1)]
    link = lambda p: f"{base}/article/{p.n}/{p.slug}"
    files = {f"/sitemap/articles-{year}.xml": urlset([(link(p), f"{p.when:%Y-%m-%d}") for p in of]) for year, of in zip((2022, 2023, 2024, 2025), [*old, news], strict=True)}  # fmt: skip
    sections = urlset(
        [(f"{base}/rubrique/{s}", "2025-04-11") for s in ("une", "ville", "sport", "culture", "opinions")]
    )
    home = f"""<!doctype html><html lang="fr"><head><meta charset="utf-8"><title>La Gazette</title></head><body><div id="app">{each(lambda p: f'<a href="{link(p)}">{text(p.title)}</a>', news[:4])}</div></body></html>"""
    return Site("yearly", base + "/", {"/": home, "/sitemap.xml": index([f"{base}/sitemap/sections.xml", *(base + path for path in files)]), "/sitemap/sections.xml": sections, **files},
                {("sitemap", base + "/sitemap.xml")}, {link(p) for p in news}, {link(p) for of in old for p in of})  # fmt: skip


def queries() -> Site:
    """Hand-made PHP: every page is `index.php` with numbers; the news are cut in pages, ten pages of them."""
    news, base = posts(8, 4_711), "http://www.mairie-nk.example"
    link = lambda p: f"index.php?idtf={p.n}&amp;idpage=31"
    item = lambda p: f"""<table class="brv"><tr><td class="puce"><img src="puce.gif"></td><td><b><a href="{link(p)}">{text(p.title)}</a></b><br><i>({p.when:%d-%m-%Y})</i> Le texte commence ici...<a href="{link(p)}">[suite]</a></td></tr></table>"""  # fmt: skip
    pager = "".join(f'<a href="index.php?idpage=31&amp;debut={n * 8}">{n + 1}</a> ' for n in range(1, 10))

    def page(main, title):
        menu = "".join(f'<tr><td><a class="menu" href="index.php?idpage={n}">{name}</a></td></tr>' for n, name in enumerate((*SERVICES, "Nouvelles du village", "Photos"), 24))  # fmt: skip
        return f"""<html><head><meta http-equiv="Content-Type" content="text/html; charset=iso-8859-1"><title>{title}</title></head><body><table width="800"><tr><td valign="top"><table>{menu}</table></td><td>{main}</td></tr></table></body></html>""".encode(
            "latin-1"
        )

    listing = f"<h2>Nouvelles du village</h2>{each(item, news)}<center>{pager}</center>".replace(
        "idpage=31&amp;debut", "idpage=30&amp;debut"
    )
    return Site("queries", base + "/", {"/": page("<h1>Bienvenue sur le site</h1>", "Mairie"), "/index.php?idpage=30": page(listing, "Nouvelles du village")},
                {("listing", base + "/index.php?idpage=30")}, {f"{base}/index.php?idtf={p.n}&idpage=31" for p in news})  # fmt: skip


def search_form() -> Site:
    """A prefecture's documents behind a search form: the page shows the last ones, files have no extension."""
    acts, base = posts(10, 30_877), "http://www.services-nl.example"
    link = lambda p: f"/contenu/telechargement/{p.n}/{p.n * 7}/file"
    item = lambda p: f"""<li class="result"><span class="type">Communiqué</span> <span class="quand">{p.slashed}</span><p class="objet"><a href="{link(p)}" target="_blank">{text(p.title)}</a></p><p class="poids">Fichier PDF, 0,4 Mo</p></li>"""  # fmt: skip

    def page(main, title):
        return f"""<!DOCTYPE html><html lang="fr"><head><meta charset="utf-8"><title>{title}</title></head><body><nav><ul><li><a href="/demarches">Démarches</a></li><li><a href="/securite">Sécurité</a></li><li><a href="/publications">Publications</a><ul><li><a href="/publications/recherche">Rechercher un document</a></li><li><a href="/publications/marches">Marchés publics</a></li></ul></li></ul></nav><main>{main}</main></body></html>"""

    form = f"""<form action="/publications/recherche" method="get"><select name="type"><option value="">Tous</option><option value="cp">Communiqués</option><option value="aa">Arrêtés</option></select><select name="annee">{"".join(f"<option>{y}</option>" for y in range(2025, 2012, -1))}</select><button>Rechercher</button></form><p>812 documents</p><ol class="results">{each(item, acts)}</ol><a rel="next" href="/publications/recherche?page=2">Page suivante</a>"""
    return Site("search-form", base + "/", {"/": page("<h1>Les services</h1>", "Accueil"), "/publications": page("<h1>Publications</h1>", "Publications"), "/publications/recherche": page(form, "Rechercher un document")},
                {("listing", base + "/publications/recherche")}, {base + link(p) for p in acts})  # fmt: skip


def icon_table() -> Site:
    """Press releases in a table whose links are icons: the subject stands in another cell; dossiers in a second table."""
    news, base = posts(10, 1), "http://www.chu-nm.example"
    link = lambda p: f"/media/presse/{p.when:%Y}/cp-{p.ymd}.pdf"
    rows = each(lambda p: f'<tr><td headers="d">{p.day}</td><td headers="t">{text(p.title)}</td><td headers="f"><a href="{link(p)}"><img src="/pdf.png" alt="Télécharger le communiqué au format PDF"></a></td></tr>', news)  # fmt: skip

    def page(main, title):
        return f"""<!doctype html><html lang="fr"><head><meta charset="utf-8"><title>{title} - CHU</title></head><body><ul class="nav"><li><a href="/venir">Venir à l'hôpital</a></li><li><a href="/services">Nos services</a></li><li><a href="/journalistes">Journalistes</a></li><li><a href="/recrutement">Recrutement</a></li></ul><div class="main">{main}</div></body></html>"""

    table = f'<h1>Journalistes</h1><p>Service de presse : presse@chu-nm.example</p><table class="presse"><caption>Communiqués 2025</caption><tr><th id="d">Date</th><th id="t">Sujet</th><th id="f">Fichier</th></tr>{rows}</table>'
    return Site("icon-table", base + "/", {"/": page("<h1>Le CHU</h1>", "Accueil"), "/journalistes": page(table, "Journalistes")},
                {("listing", base + "/journalistes")}, {base + link(p) for p in news})  # fmt: skip


def site_map() -> Site:
    """A home page of tiles made by scripts; only « Plan du site » names the press room, two levels down."""
    news, base = posts(9, 1), "http://www.agglo-nn.example"
    link = lambda p: f"/institution/salle-de-presse/communiques/{p.slug}"
    item = lambda p: f"""<div class="row cp"><div class="cp-date">{p.when:%d/%m/%y}</div><div class="cp-txt"><a href="{link(p)}">{text(p.title)}</a></div></div>"""  # fmt: skip

    def page(main, title):
        return f"""<!doctype html><html lang="fr"><head><meta charset="utf-8"><title>{title}</title></head><body><div id="burger" data-menu="/menu.json"></div>{main}<footer><a href="/plan-du-site">Plan du site</a> <a href="/contact">Contact</a></footer></body></html>"""

    plan = """<h1>Plan du site</h1><ul><li><a href="/habiter">Habiter</a><ul><li><a href="/habiter/dechets">Déchets</a></li><li><a href="/habiter/eau">Eau</a></li></ul></li><li><a href="/institution">Institution</a><ul><li><a href="/institution/elus">Les élus</a></li><li><a href="/institution/salle-de-presse">Salle de presse</a></li></ul></li></ul>"""
    room = '<h1>Salle de presse</h1><ul><li><a href="/institution/salle-de-presse/communiques">Nos communiqués</a></li><li><a href="/institution/salle-de-presse/phototheque">Photothèque</a></li></ul>'
    return Site("site-map", base + "/", {"/": page('<div class="tiles"></div>', "Agglo"), "/plan-du-site": page(plan, "Plan du site"), "/institution/salle-de-presse": page(room, "Salle de presse"), "/institution/salle-de-presse/communiques": page(each(item, news), "Communiqués")},
                {("listing", base + "/institution/salle-de-presse/communiques")}, {base + link(p) for p in news})  # fmt: skip


def plone() -> Site:
    """Plone: a folder's `RSS` view that its page declares, « — publié 10/04/2025 » after each title, images with `/view`."""
    news, base = posts(9, 1), "http://www.pnr-no.example"
    link = lambda p: f"{base}/actualites/{p.slug}"
    item = lambda p: f"""<article class="entry"><header><span class="summary"><a href="{link(p)}" class="summary url" title="News Item">{text(p.title)}</a></span><div class="documentByLine">— <span class="documentPublished">publié {p.slashed} 10h12</span>, <span class="documentModified">Dernière modification {p.slashed}</span></div></header><div class="tileImage"><a href="{link(p)}"><img src="{link(p)}/@@images/image/mini"></a></div></article>"""  # fmt: skip

    def page(main, title, head=""):
        return f"""<!DOCTYPE html><html xmlns="http://www.w3.org/1999/xhtml" lang="fr"><head><meta charset="utf-8"><meta name="generator" content="Plone - http://plone.com"><title>{title}</title><link rel="search" href="{base}/@@search">{head}</head><body><nav><ul class="nav plone-nav"><li><a href="{base}/le-parc">Le parc</a></li><li><a href="{base}/actualites">Actualités</a></li><li><a href="{base}/evenements">Événements</a></li></ul></nav>{main}<a href="{base}/sitemap">Plan du site</a></body></html>"""

    head = f'<link href="{base}/actualites/RSS" rel="alternate" title="Actualités" type="application/rss+xml">'
    return Site("plone", base + "/", {"/": page("<h1>Le parc</h1>", "Parc naturel"), "/actualites": page(each(item, news), "Actualités", head), "/actualites/RSS": rss(news, link), "/evenements": page(agenda(base + "/evenements/"), "Événements")},
                {("feed", base + "/actualites/RSS"), ("listing", base + "/actualites")}, {link(p) for p in news})  # fmt: skip


def emonsite() -> Site:
    """An association's free site: a blog whose feed a picture shows, and a forum and a guest book with feeds too."""
    news, base = posts(8, 1), "http://riverains-np.example"
    link = lambda p: f"{base}/blog/{p.slug}.html"
    item = lambda p: f"""<div class="media"><div class="media-body"><p class="media-heading"><a href="{link(p)}">{text(p.title)}</a></p><ul class="list-inline"><li>Par <span>riverains</span></li><li>Le {p.slashed}</li><li><a href="{link(p)}#comments">0 commentaire</a></li></ul></div></div>"""  # fmt: skip

    def page(main, title, head=""):
        return f"""<!DOCTYPE html><html lang="fr"><head><meta charset="utf-8"><title>{title}</title>{head}</head><body><div id="menu"><a href="{base}/pages/qui-sommes-nous.html">Qui sommes-nous</a><a href="{base}/blog/">Le fil des riverains</a><a href="{base}/forum/">Forum</a><a href="{base}/livredor/">Livre d'or</a><a href="{base}/album-photos/">Photos</a></div>{main}</body></html>"""

    talk = lambda p: f"{base}/forum/sujet-{p.n}.html"
    forum = each(lambda p: f'<tr><td><a href="{talk(p)}">Re : {text(p.title)}</a></td><td>{p.slashed} par voisin{p.n}</td></tr>', posts(20, 500))  # fmt: skip
    blog = f'<p class="text-right"><a href="{base}/blog/do/rss.xml"><img src="/rss.png" alt="rss"></a></p>{each(item, news)}'
    return Site("emonsite", base + "/", {"/": page("<h1>Riverains</h1>", "Accueil"), "/blog/": page(blog, "Le fil des riverains"), "/blog/do/rss.xml": rss(news, link), "/forum/": page(f'<a href="{base}/forum/do/rss.xml">RSS</a><table>{forum}</table>', "Forum"), "/forum/do/rss.xml": rss(posts(20, 500), talk)},
                {("feed", base + "/blog/do/rss.xml"), ("listing", base + "/blog/")}, {link(p) for p in news})  # fmt: skip


def bulletins() -> Site:
    """A village that prints a bulletin each season and puts nothing else on its site: covers that are links to PDFs."""
    base = "http://www.village-nq.example"
    names = [(f"Bulletin n° {n}", f"{month} {year}", f"/uploads/bulletin-{n}.pdf") for n, month, year in ((48, "Avril", 2025), (47, "Janvier", 2025), (46, "Octobre", 2024), (45, "Juillet", 2024), (44, "Avril", 2024), (43, "Janvier", 2024))]  # fmt: skip
    items = "".join(f'<div class="gallery-item"><a href="{href}" target="_blank"><img src="/covers/{n}.jpg" alt="{name}"></a><p class="caption">{name}<br>{when}</p></div>' for n, (name, when, href) in enumerate(names))  # fmt: skip

    def page(main, title):
        return f"""<!doctype html><html lang="fr"><head><meta charset="utf-8"><title>{title}</title></head><body><ul id="menu"><li><a href="/histoire">Histoire</a></li><li><a href="/mairie">Mairie</a></li><li><a href="/bulletins">Bulletins municipaux</a></li><li><a href="/gites">Gîtes</a></li></ul>{main}</body></html>"""

    return Site("bulletins", base + "/", {"/": page("<h1>Notre village</h1>", "Accueil"), "/bulletins": page(f"<h1>Bulletins municipaux</h1>{items}", "Bulletins"), "/gites": page("".join(f'<div class="gallery-item"><a href="/gites/{n}"><img src="/g/{n}.jpg" alt="Gîte {n}"></a><p class="caption">Gîte n° {n}</p></div>' for n in range(9)), "Gîtes")},
                {("listing", base + "/bulletins")}, {base + href for _, _, href in names})  # fmt: skip


def prose() -> Site:
    """The news are paragraphs of one page, with anchors to them: there is no article to fetch, the page is watched."""
    news, base = posts(8, 1), "http://www.village-nr.example"
    items = each(lambda p: f'<h3 id="n{p.n}">{p.day} – {text(p.title)}</h3><p>Le texte de la nouvelle est ici en entier.</p>', news)  # fmt: skip
    anchors = each(lambda p: f'<li><a href="#n{p.n}">{text(p.title)}</a></li>', news)

    def page(main, title):
        return f"""<!doctype html><html lang="fr"><head><meta charset="utf-8"><title>{title}</title></head><body><p><a href="/">Accueil</a> | <a href="/infos-communales.html">Infos communales</a> | <a href="/ecole.html">École</a> | <a href="/chasse.html">Chasse</a></p>{main}</body></html>"""

    return Site("prose", base + "/", {"/": page("<h1>Notre village</h1>", "Accueil"), "/infos-communales.html": page(f"<h1>Infos communales</h1><ul>{anchors}</ul>{items}", "Infos communales"), "/ecole.html": page("<h1>École</h1>", "École"), "/chasse.html": page("<h1>Chasse</h1>", "Chasse")},
                {("page", base + "/infos-communales.html")}, set())  # fmt: skip


def feed_host() -> Site:
    """A pure player whose feed stands on the host of a service, with the service's own pages around it."""
    news, base, host = posts(12, 1), "http://www.en-ville-ns.example", "http://flux.service-nt.example"
    link = lambda p: f"{base}/{p.when:%Y/%m}/{p.slug}"
    home = f"""<!doctype html><html lang="fr"><head><meta charset="utf-8"><title>En ville</title><link rel="alternate" type="application/rss+xml" title="En ville" href="{host}/EnVille" /></head><body><header><a href="/a-propos">À propos</a><a href="/soutenir">Nous soutenir</a></header><div id="root"></div><footer><a href="{base}/rss-commentaires">Commentaires</a></footer></body></html>"""
    return Site("feed-host", base + "/", {"/": home, host + "/EnVille": {"body": rss(news, link, "En ville"), "type": "text/xml"}},
                {("feed", host + "/EnVille")}, {link(p) for p in news})  # fmt: skip


def ghost() -> Site:
    """Ghost: the feed of all posts is declared; tags, authors and pages have addresses of the same form as posts."""
    news, base = posts(11, 1), "http://lettre-nu.example"
    link = lambda p: f"{base}/{p.slug}/"
    card = lambda p: f"""<article class="gh-card post"><a class="gh-card-link" href="/{p.slug}/"><figure class="gh-card-image"></figure><div class="gh-card-wrapper"><h3 class="gh-card-title is-title">{text(p.title)}</h3><footer class="gh-card-meta"><time class="gh-card-date" datetime="{p.when:%Y-%m-%d}">{p.short}</time></footer></div></a></article>"""  # fmt: skip
    home = f"""<!DOCTYPE html><html lang="fr"><head><title>La Lettre</title><meta charset="utf-8"><meta name="generator" content="Ghost 5.101"><link rel="alternate" type="application/rss+xml" title="La Lettre" href="{base}/rss/"></head><body><header><a href="/about/">À propos</a><a href="/tag/mairie/">Mairie</a><a href="/author/lea/">Léa</a><a href="#/portal/signup">S'abonner</a></header><main>{each(card, news[:9])}</main></body></html>"""
    tags = urlset([(f"{base}/tag/{t}/", "2025-04-10") for t in ("mairie", "ecole", "eau")])
    return Site("ghost", base + "/", {"/": home, "/rss/": rss(news, link), "/robots.txt": f"User-agent: *\nSitemap: {base}/sitemap.xml\nDisallow: /ghost/\n", "/sitemap.xml": index([f"{base}/sitemap-pages.xml", f"{base}/sitemap-posts.xml", f"{base}/sitemap-tags.xml"]), "/sitemap-tags.xml": tags, "/sitemap-pages.xml": urlset([(base + "/about/", "2025-04-10")]), "/sitemap-posts.xml": urlset([(link(p), p.iso) for p in news])},
                {("feed", base + "/rss/")}, {link(p) for p in news})  # fmt: skip


SITES = (inovagora, jcms, neopse, footer_feed, squarespace, hugo, astro, google_news, other_language, yearly, queries, search_form, icon_table, site_map, plone, emonsite, bulletins, prose, feed_host, ghost)  # fmt: skip
