"""Sites of the State, of agencies' own systems, of static generators, and old ones made by hand."""

# ruff: noqa: E731, ANN (the lines of the pages they stand for; one-line addresses)
from __future__ import annotations

from tests.sites import Site, atom, each, index, json_feed, moved, posts, rss, text, urlset
from tests.sites.cms import agenda


def stratis() -> Site:
    """News, events, jobs and public tenders in lists of one shape; the tenders and events are longer and all dated."""
    news, base = posts(9, 70), "http://www.ville-k.example"

    def card(kind, p, path):
        return f"""<li class="list__item"><article class="{kind}-item" role="article"><div class="{kind}-item__picture"><picture><img src="/x-{p.n}.jpg" alt=""></picture></div>
<div class="{kind}-item__content"><h2 class="{kind}-item__title" id="t{p.n}"><a class="{kind}-item__title-link" href="{base}/{path}/{p.slug}-{p.n}"><span class="theme">Cadre de vie</span><span class="underline">{text(p.title)}</span></a></h2>
<div class="{kind}-item__publication"><span class="publication-date">Publié le <time datetime="{p.when:%Y-%m-%d}">{p.when:%d.%m.%Y}</time></span></div></div></article></li>"""

    def page(main, title):
        return f"""<!DOCTYPE html><html lang="fr"><head><meta charset="utf-8"><title>{title} | Ville de Kerlaz</title></head><body>
<nav class="menu-main"><ul class="menu-main__level1"><li><a class="menu-main__link" href="{base}/vivre-a-kerlaz">Vivre à Kerlaz au quotidien</a></li>
<li><a class="menu-main__link" href="{base}/marches-publics">Marchés publics</a></li><li><a class="menu-main__link" href="{base}/agenda">Tout l'agenda</a></li>
<li><a class="menu-main__link" href="{base}/actualites">Toute l'actu</a></li><li><a class="menu-main__link" href="{base}/offres-emploi">Offres d'emploi</a></li>
<li><a class="menu-main__link" href="{base}/contact-presse">Presse : vos contacts</a></li></ul></nav><main><h1>{title}</h1>
<form class="filters"><label>Thématique</label></form><ul class="list__wrapper">{main}</ul>
<nav class="pager"><ul><li class="pager__item is-active">1</li><li><a href="?page=2" class="pager__item">2</a></li><li><a href="?page=3">3</a></li></ul></nav></main>
<footer><ul class="stratis-links"><li><a href="{base}/mentions-legales">Mentions légales</a></li><li><a href="{base}/plan-du-site">Plan du site</a></li></ul></footer></body></html>"""

    tenders = posts(
        20,
        500,
        titles=(
            "Marché de travaux de voirie, lot 2",
            "Fourniture de repas en liaison froide",
            "Entretien des espaces verts communaux",
        ),
    )
    jobs = posts(12, 300, titles=("Chargé de mission urbanisme (H/F)", "Agent de crèche (H/F)", "Jardinier (H/F)"))
    return Site(
        "stratis", base + "/",
        {"/": page("", "Accueil"), "/actualites": page(each(lambda p: card("news", p, "actualites"), news), "Actualités"),
         "/agenda": page(agenda(base + "/agenda/"), "Agenda"), "/marches-publics": page(each(lambda p: card("tender", p, "marches"), tenders), "Marchés publics"),
         "/offres-emploi": page(each(lambda p: card("job", p, "offres-emploi"), jobs), "Offres d'emploi"), "/contact-presse": page("<li>Service de presse, 02 00 00 00 00</li>", "Presse")},
        {("listing", base + "/actualites")},
        {f"{base}/actualites/{p.slug}-{p.n}" for p in news},
    )  # fmt: skip


def prefecture() -> Site:
    """In the State's design system: press room, then years, then the list: two pages below what the menu shows."""
    news, base, room = posts(10, 10), "http://www.dpt-l.example", "/Actualites/Espace-presse"

    def item(p):
        return f"""<div class="fr-col-12"><div class="fr-card fr-card--sm fr-card--horizontal fr-enlarge-link"><div class="fr-card__body"><div class="fr-card__content">
<h2 class="fr-card__title"><a class="fr-card__link" href="{room}/Communiques-de-presse/Communiques-de-presse-2025/{p.slug.capitalize()}">{text(p.title)}</a></h2>
<p class="fr-card__desc">Le préfet communique.</p><div class="fr-card__end"><p class="fr-card__detail">Mis à jour le {p.slashed}</p></div></div></div></div></div>"""

    def page(main, title, trail=""):
        return f"""<!doctype html><html lang="fr" data-fr-scheme="system"><head><meta charset="utf-8"><title>{title} - Les services de l'État en Lozère</title></head><body>
<header role="banner" class="fr-header"><nav class="fr-nav" id="navigation-869"><ul class="fr-nav__list"><li class="fr-nav__item"><a class="fr-nav__link" href="/Services-de-l-Etat">Services de l'État</a></li>
<li class="fr-nav__item"><button class="fr-nav__btn">Actualités</button><div class="fr-mega-menu"><ul><li><a class="fr-nav__link" href="/Actualites">Voir toute la rubrique</a></li>
<li><a class="fr-nav__link" href="{room}">Espace presse</a></li><li><a class="fr-nav__link" href="/Actualites/Agenda-du-prefet">Agenda du préfet</a></li></ul></div></li>
<li class="fr-nav__item"><a class="fr-nav__link" href="/Publications">Publications et recueils des actes administratifs</a></li>
<li class="fr-nav__item"><a class="fr-nav__link" href="/Demarches">Démarches administratives</a></li></ul></nav></header><nav class="fr-breadcrumb"><ol><li><a class="fr-breadcrumb__link" href="/">Accueil</a></li>{trail}</ol></nav>
<main><h1>{title}</h1>{main}</main><footer class="fr-footer"><ul class="fr-footer__content-list"><li><a class="fr-footer__content-link" href="https://info.gouv.example">info.gouv.fr</a></li><li><a href="https://service-public.example">service-public.fr</a></li></ul></footer></body></html>"""

    def tile(path, name):
        return f'<div class="fr-tile fr-enlarge-link"><h2 class="fr-tile__title"><a class="fr-tile__link" href="{path}">{name}</a></h2></div>'

    sub = f"{room}/Communiques-de-presse"
    years = "".join(tile(f"{sub}/Communiques-de-presse-{y}", f"Communiqués de presse {y}") for y in (2025, 2024, 2023))
    old = posts(10, 10, back=420)
    return Site(
        "prefecture", base + "/",
        {"/": page("<p>Bienvenue</p>", "Accueil"), room: page(tile(sub, "Communiqués de presse") + tile(f"{room}/Dossiers-de-presse", "Dossiers de presse") + tile(f"{room}/Contacts", "Contacts presse"), "Espace presse"),
         sub: page(years, "Communiqués de presse"), "/Actualites": page(tile(room, "Espace presse") + tile("/Actualites/Agenda-du-prefet", "Agenda du préfet"), "Actualités"),
         f"{sub}/Communiques-de-presse-2025": page(f'<div class="fr-grid-row fr-grid-row--gutters">{each(item, news)}</div>', "Communiqués de presse 2025"),
         f"{sub}/Communiques-de-presse-2024": page(f'<div class="fr-grid-row">{each(item, old)}</div>', "Communiqués de presse 2024"),
         "/Publications": page(tile("/Publications/RAA", "Recueil des actes administratifs"), "Publications")},
        {("listing", f"{base}{sub}/Communiques-de-presse-2025"), ("archive", f"{base}{sub}/Communiques-de-presse-%Y")},
        {f"{base}{sub}/Communiques-de-presse-2025/{p.slug.capitalize()}" for p in news},
    )  # fmt: skip


def wix() -> Site:
    """All is made by scripts; the sitemap index names the blog's posts, and the blog has a feed that nothing shows."""
    news, base = posts(7, 1), "http://www.collectif-m.example"
    home = """<!DOCTYPE html><html lang="fr"><head><meta charset="utf-8"><meta name="generator" content="Wix.com Website Builder"/><title>Accueil | Collectif M</title>
<script type="application/json" id="wix-warmup-data">{"platform":{"ssrPropsUpdates":[{"a":1}]},"appsWarmupData":{}}</script></head><body><div id="SITE_CONTAINER"><header>
<nav aria-label="Site"><ul><li><a data-testid="linkElement" href="http://www.collectif-m.example">Accueil</a></li><li><a href="http://www.collectif-m.example/qui-sommes-nous">Qui sommes-nous ?</a></li>
<li><a href="http://www.collectif-m.example/blog">Blog</a></li></ul></nav></header></div><script src="https://static.parastorage.example/main.js"></script></body></html>"""
    link = lambda p: f"{base}/post/{p.slug}"
    return Site(
        "wix", base + "/",
        {"/": home, base: home, "/blog": home, "/robots.txt": f"User-agent: *\nAllow: /\nDisallow: *?lightbox=\n\nSitemap: {base}/sitemap.xml\n",
         "/sitemap.xml": index([f"{base}/{name}-sitemap.xml" for name in ("event-pages", "blog-posts", "blog-categories", "pages")]),
         "/blog-posts-sitemap.xml": urlset([(link(p), f"{p.when:%Y-%m-%d}") for p in news]),
         "/event-pages-sitemap.xml": urlset([(f"{base}/event-details/{p.slug}", "2025-04-09") for p in posts(6)]),
         "/blog-categories-sitemap.xml": urlset([(f"{base}/blog/categories/actions", "2025-04-09")]),
         "/pages-sitemap.xml": urlset([(base, "2025-04-09"), (f"{base}/qui-sommes-nous", "2025-04-09")]), "/blog-feed.xml": rss(news, link, "Blog")},
        {("feed", base + "/blog-feed.xml"), ("sitemap", base + "/blog-posts-sitemap.xml")},
        {link(p) for p in news},
    )  # fmt: skip


def gatsby() -> Site:
    """A static site with hashed classes and a feed at /rss.xml that its pages do not declare."""
    news, base = posts(6, 1), "http://assoc-n.example"
    home = f"""<!DOCTYPE html><html lang="fr"><head><meta charSet="utf-8"/><meta name="generator" content="Gatsby 5.13.7"/><title>Les yeux ouverts</title></head><body><div id="___gatsby"><div class="css-1x2y3z">
<header class="css-9f"><a href="/a-propos/">À propos de l'association</a><a href="/adherer/">Adhérer, faire un don</a></header>
<section class="css-k2">{each(lambda p: f'<div class="css-q8r1"><a class="css-77" href="/{p.slug}/">{text(p.title)}</a><p>Un texte.</p></div>', news[:3])}</section></div></div><script src="/app-1a2b.js" async></script></body></html>"""
    link = lambda p: f"{base}/{p.slug}/"
    return Site("gatsby", base + "/", {"/": home, "/rss.xml": {"body": rss(news, link), "type": "application/rss+xml"}},
                {("feed", base + "/rss.xml")}, {link(p) for p in news})  # fmt: skip


def jsonfeed() -> Site:
    """A feed, but a JSON Feed; a list beside it."""
    news, base = posts(8, 1), "http://journal-o.example"
    link = lambda p: f"{base}/articles/{p.slug}"

    def page(main, title):
        return f"""<!doctype html><html lang="fr"><head><meta charset="utf-8"><title>{title} · Le Journal d'Orcines</title><link rel="alternate" type="application/feed+json" title="Flux JSON" href="/feed.json"></head>
<body><nav><a href="/">Le journal</a> <a href="/articles">Articles</a> <a href="/soutenir">Nous soutenir</a></nav>{main}</body></html>"""

    listing = each(lambda p: f'<article><header><h2><a href="/articles/{p.slug}">{text(p.title)}</a></h2><time datetime="{p.iso}">{p.day}</time></header></article>', news)  # fmt: skip
    return Site("json-feed", base + "/", {"/": page("<h1>Le journal</h1>", "Accueil"), "/articles": page(listing, "Articles"), "/feed.json": json_feed(news, link)},
                {("feed", base + "/feed.json"), ("listing", base + "/articles")}, {link(p) for p in news})  # fmt: skip


def feeds_page() -> Site:
    """A page of feeds behind « Flux RSS »: agenda, jobs, tenders, deliberations, podcast; the news among them."""
    base = "http://www.region-p.example"
    kinds = {
        "agenda": "Agenda",
        "emplois": "Offres d'emploi",
        "marches": "Marchés publics",
        "podcasts": "Podcasts",
        "infos": "Actualités de la Région",
    }
    page = f"""<!doctype html><html lang="fr"><head><meta charset="utf-8"><title>Flux RSS - Région P</title></head><body><nav><a href="/decouvrir">Découvrir la Région</a></nav><main><h1>Nos flux RSS</h1><ul>
{"".join(f'<li><a href="/rss/{k}.xml"><img src="/rss.png" alt=""> {v}</a></li>' for k, v in kinds.items())}</ul></main></body></html>"""
    home = """<!doctype html><html lang="fr"><head><meta charset="utf-8"><title>Région P - Accueil</title></head><body><main><div id="root"></div></main><footer><ul>
<li><a href="/mentions">Mentions légales</a></li><li><a href="/flux-rss">Flux RSS</a></li></ul></footer></body></html>"""
    made = {
        "agenda": posts(12, 3, -80),
        "emplois": posts(12, 3),
        "marches": posts(12, 3),
        "podcasts": posts(9, 3),
        "infos": posts(8, 3),
    }
    pages = {f"/rss/{k}.xml": atom(v, lambda p, k=k: f"{base}/{k}/{p.slug}", kinds[k]) for k, v in made.items()}
    return Site("feeds-page", base + "/", {"/": home, "/flux-rss": page} | pages, {("feed", base + "/rss/infos.xml")}, {f"{base}/infos/{p.slug}" for p in made["infos"]})  # fmt: skip


def newsroom() -> Site:
    """A press room on an agency's host, asked for by its own address: each card is one link, months are abbreviated."""
    news, base, room = posts(9, 1), "http://www.ville-q.example", "http://ville-q.salle-de-presse.example"
    home = f"""<!doctype html><html lang="fr"><head><meta charset="utf-8"><title>Ville de Quimerch</title></head><body><header><ul><li><a href="/services">Tous les services de la ville</a></li></ul></header><main><h1>Bienvenue</h1></main>
<footer><ul><li><a href="{room}/">Journalistes</a></li><li><a href="/contact">Écrire à la mairie</a></li><li><a href="https://www.facebook.com/ville">Facebook</a></li></ul></footer></body></html>"""

    def card(p):
        return f"""<div class="story-card"><a href="/{p.slug}-{p.n:04x}" class="story-card__link"><div class="story-card__image" style="background-image:url(x)"></div>
<span class="story-card__date">{p.short}</span><h3 class="story-card__title">{text(p.title)}</h3></a></div>"""

    body = f"""<!doctype html><html lang="fr"><head><meta charset="utf-8"><title>Salle de presse de Quimerch</title></head><body><header><a href="/">Communiqués</a><a href="/media">Médiathèque photo et vidéo</a><a href="/contacts">Contacts presse de la ville</a></header>
<div class="stories">{each(card, news)}</div><button>Charger la suite</button><footer><a href="{base}/">Retour au site de la ville</a></footer></body></html>"""
    return Site("newsroom", room + "/", {"/": body, base + "/": home}, {("listing", room + "/")}, {f"{room}/{p.slug}-{p.n:04x}" for p in news})  # fmt: skip


def pdf_table() -> Site:
    """A table: date, subject, « Télécharger » on a PDF. Council minutes in another table of the same kind."""
    news, minutes, base = posts(8, 1), posts(12, 1), "http://www.mairie-r.example"

    def table(of, folder):
        return f"""<table class="table"><thead><tr><th>Date</th><th>Objet</th><th>Document</th></tr></thead><tbody>{each(lambda p: f'<tr><td>{p.slashed}</td><td>{text(p.title)}</td><td><a href="/documents/{folder}/CP_{p.ymd}.pdf" target="_blank">Télécharger</a> (pdf, 212 ko)</td></tr>', of)}</tbody></table>"""

    def page(main, title):
        return f"""<!doctype html><html lang="fr"><head><meta charset="utf-8"><title>Mairie de Rians - {title}</title></head><body><div id="menu"><a href="/index.php">Accueil</a><a href="/la-mairie">La mairie et ses élus</a>
<a href="/conseil-municipal">Conseil municipal : procès-verbaux</a><a href="/communiques-de-presse">Communiqués de presse</a><a href="/urbanisme">Urbanisme : le PLU en révision</a></div>
<div id="contenu"><h1>{title}</h1>{main}</div><div id="pied"><a href="/documents/plaquette.pdf">Plaquette de la commune (PDF)</a></div></body></html>"""

    return Site(
        "pdf-table", base + "/",
        {"/": page("<p>Bienvenue</p>", "Accueil"), "/communiques-de-presse": page(table(news, "presse"), "Communiqués de presse"), "/conseil-municipal": page(table(minutes, "pv"), "Procès-verbaux")},
        {("listing", base + "/communiques-de-presse")},
        {f"{base}/documents/presse/CP_{p.ymd}.pdf" for p in news},
    )  # fmt: skip


def splash() -> Site:
    """Bare host → www → a splash page with « Entrer » → the site, WordPress with `?p=` links and a `?feed=rss2`."""
    news, bare, base = posts(9, 512), "http://ville-s.example", "http://www.ville-s.example"
    link = lambda p: f"{base}/?p={p.n}"
    enter = """<html><head><title>Ville de Salers</title></head><body bgcolor="#FFFFFF"><div align="center"><img src="blason.gif" alt="Blason"><br><a href="accueil/">Entrer sur le site</a></div></body></html>"""
    home = f"""<!DOCTYPE html><html lang="fr-FR"><head><meta charset="UTF-8"><title>Salers</title><link rel="alternate" type="application/rss+xml" title="Salers &raquo; Flux" href="{base}/?feed=rss2" />
<link rel="alternate" type="application/rss+xml" title="Salers &raquo; Flux des commentaires" href="{base}/?feed=comments-rss2" /></head><body class="blog"><div id="content">
{each(lambda p: f'<article id="post-{p.n}" class="post-{p.n} post hentry"><h1 class="entry-title"><a href="{link(p)}" rel="bookmark">{text(p.title)}</a></h1><footer class="entry-meta">Publié le <a href="{link(p)}" rel="bookmark"><time class="entry-date" datetime="{p.iso}">{p.day}</time></a> dans <a href="{base}/?cat=3" rel="category">Actualités</a></footer></article>', news)}
</div><aside class="widget-area"><ul><li><a href="{base}/?m=202503">mars 2025</a></li><li><a href="{base}/?page_id=2">Le mot du maire</a></li></ul></aside></body></html>"""
    return Site("splash", bare + "/", {"/": moved(base + "/"), base + "/": enter, base + "/accueil/": home, base + "/?feed=rss2": rss(news, link), base + "/?feed=comments-rss2": rss(posts(5), lambda p: f"{link(p)}#comment-{p.n}", "Commentaires")},
                {("feed", base + "/?feed=rss2")}, {link(p) for p in news})  # fmt: skip


def robots() -> Site:
    """robots.txt forbids the press room: it may not even be asked for; the news are allowed."""
    news, base = posts(8, 33), "http://www.ville-t.example"

    def item(p):
        return f"""<div class="media"><div class="media-left"><span class="jour">{p.when.day}</span> <span class="mois">{p.short.split()[1]}</span></div><div class="media-body"><h4><a href="/actu/{p.n}/{p.slug}.html">{text(p.title)}</a></h4><p>{p.day}. Résumé de l'article. <a href="/actu/{p.n}/{p.slug}.html">&gt; En savoir plus</a></p></div></div>"""

    def page(main, title):
        return f"""<!doctype html><html lang="fr"><head><meta charset="utf-8"><title>{title} - Ville de Thiers</title></head><body><nav><a href="/presse/communiques/">Communiqués de presse</a><a href="/actualites.html">Actualités</a><a href="/annuaire.html">Annuaire des associations</a></nav>{main}</body></html>"""

    return Site("robots", base + "/",
                {"/": page("", "Accueil"), "/actualites.html": page(each(item, news), "Actualités"), "/presse/communiques/": page(each(item, posts(9)), "Presse"),
                 "/robots.txt": "User-agent: *\nDisallow: /presse/\nDisallow: /recherche\n"},
                {("listing", base + "/actualites.html")}, {f"{base}/actu/{p.n}/{p.slug}.html" for p in news}, forbidden=(base + "/presse/",))  # fmt: skip


def press_sitemaps() -> Site:
    """A newspaper: the feed refuses, the index of sitemaps has sections, pages, months, and one of news."""
    news, base = posts(10, 1000), "http://www.le-journal-u.example"
    link = lambda p: f"{base}/societe/{p.slug}-{p.n}.php"
    by = {link(p): p for p in news}
    named = lambda u: (
        f"<news:news><news:publication_date>{by[u].iso}</news:publication_date><news:title>{text(by[u].title)}</news:title></news:news>"
    )
    home = f"""<!doctype html><html lang="fr"><head><meta charset="utf-8"><title>Le Journal d'Uzès</title><link rel="alternate" type="application/rss+xml" href="/rss.xml"></head><body><nav><a href="/societe/">Société</a><a href="/sport/">Sport</a></nav>
<div class="une">{each(lambda p: f'<div><a href="{link(p)}">{text(p.title)}</a></div>', posts(3, 1000))}</div></body></html>"""
    return Site("press-sitemaps", base + "/",
                {"/": home, "/rss.xml": {"status": 403, "body": "", "type": "text/html"}, "/robots.txt": f"User-agent: *\nDisallow: /recherche\nSitemap: {base}/sitemap_index.xml\n",
                 "/sitemap_index.xml": index([f"{base}/sitemap-pages.xml", f"{base}/sitemap-2025-03.xml", f"{base}/sitemap-news.xml"]),
                 "/sitemap-pages.xml": urlset([(f"{base}/societe/", "2025-04-10"), (f"{base}/mentions-legales.php", "2025-04-10")]),
                 "/sitemap-2025-03.xml": urlset([(link(p), f"{p.when:%Y-%m-%d}") for p in news[3:]]), "/sitemap-news.xml": urlset([(u, by[u].iso) for u in by], named)},
                {("sitemap", base + "/sitemap-news.xml")}, set(by))  # fmt: skip


def handmade() -> Site:
    """A small commune's own PHP, windows-1252, tables for layout, news at `news.php?id=`, minutes as PDFs."""
    news, minutes, base = posts(7, 45), posts(12, 1), "http://village-v.example"
    menu = """<table width="900"><tr><td class="menu" width="180"><a href="index.php" class="m">ACCUEIL</a><br><a href="elus.php" class="m">Les élus et les commissions</a><br>
<a href="cr.php" class="m">Comptes rendus du conseil</a><br><a href="news.php" class="m">Les nouvelles</a><br><a href="salle.php" class="m">Location de la salle des fêtes</a><br><a href="meteo.php">La météo du village</a></td><td valign="top">"""

    def page(main, title):
        return f"""<html><head><title>{title}</title><meta http-equiv="Content-Type" content="text/html; charset=windows-1252"></head><body>{menu}{main}</td></tr></table><p align="center"><a href="http://www.meteo.example/villages">Prévisions de la semaine à venir</a> – œuvre de l'équipe municipale © 2012</p></body></html>""".encode("cp1252")  # fmt: skip

    listing = "<br>".join(
        f'<p><b>{p.slashed}</b> – <a href="news.php?id={p.n}"><font color="#003366">{text(p.title)}</font></a></p>'
        for p in news
    )
    crs = (
        "<ul>"
        + "".join(f'<li><a href="pdf/cr-{p.ymd}.pdf">Compte rendu du {p.day}</a></li>' for p in minutes)
        + "</ul>"
    )
    kind = {"type": "text/html"}
    return Site("handmade", base + "/",
                {"/": {"body": page("<h2>Bienvenue à Vézac</h2>", "Vézac, village de caractère"), **kind}, "/index.php": {"body": page("<h2>Bienvenue</h2>", "Vézac"), **kind},
                 "/news.php": {"body": page(f"<h2>Les nouvelles</h2>{listing}", "Les nouvelles"), **kind}, "/cr.php": {"body": page(crs, "Comptes rendus"), **kind}},
                {("listing", base + "/news.php"), ("listing", base + "/cr.php")}, set(),
                {f"{base}/news.php?id={p.n}" for p in news} | {f"{base}/pdf/cr-{p.ymd}.pdf" for p in minutes})  # fmt: skip


SITES = (stratis, prefecture, wix, gatsby, jsonfeed, feeds_page, newsroom, pdf_table, splash, robots, press_sitemaps, handmade)  # fmt: skip
