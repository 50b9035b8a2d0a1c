"""Sites written after discover was mended on the others, to try it on what it has not seen."""

# ruff: noqa: E731, ANN (the lines of the pages they stand for; one-line addresses)
from __future__ import annotations

import gzip

from tests.sites import Site, each, index, moved, posts, rss, text, urlset
from tests.sites.cms import agenda


def campagnol() -> Site:
    """The association of mayors' system for villages: numbered addresses, an image and a title in one link each."""
    news, base = posts(6, 284563), "http://www.village-aa.example"

    def item(p):
        return f"""<div class="col-xs-12 col-sm-6 bloc-actu"><div class="vignette"><a href="/fr/actualite/{p.n}/{p.slug}"><img src="/image/{p.n}/v.jpg" alt="{text(p.title)}"></a></div>
<div class="info"><div class="titre"><a href="/fr/actualite/{p.n}/{p.slug}">{text(p.title)}</a></div><div class="date">Publiée le {p.slashed}</div><div class="chapo">Texte...</div></div></div>"""

    def page(main, title):
        return f"""<!DOCTYPE html><html lang="fr"><head><meta charset="utf-8"><title>{title} - Commune d'Aast</title></head><body><div id="menu-vertical"><ul><li><a href="/fr/rb/1203/la-commune-17">La commune</a></li>
<li><a href="/fr/rb/1204/vie-municipale-22">Vie municipale</a></li><li><a href="/fr/rb/1205/services-aux-habitants-3">Services aux habitants</a></li></ul></div><div id="centre">{main}</div>
<div id="bloc-pied"><a href="/fr/information/1/mentions-legales">Mentions légales</a> <a href="/fr/plan">Plan</a> <a href="/fr/login">Connexion</a></div></body></html>"""

    home = f"""<div class="bloc"><h2>Actualités</h2>{each(item, news[:2])}<a class="lien-plus" href="/fr/actualites">Toutes les actualités</a></div>
<div class="bloc"><h2>Agenda</h2>{agenda("/fr/evenement/")}<a href="/fr/evenements">Tous les événements</a></div>"""
    return Site("campagnol", base + "/", {"/": page(home, "Accueil"), "/fr/actualites": page(f"<h1>Actualités</h1>{each(item, news)}", "Actualités"), "/fr/evenements": page(agenda("/fr/evenement/"), "Événements")},
                {("listing", base + "/fr/actualites")}, {f"{base}/fr/actualite/{p.n}/{p.slug}" for p in news})  # fmt: skip


def deliberations() -> Site:
    """An agglomération without news: a Drupal table of deliberations, rows odd and even, files behind /system/files."""
    acts, base = posts(12, 140), "http://www.cc-bb.example"
    rows = "".join(
        f"""<tr class="{"odd" if i % 2 else "even"}{" views-row-first" if not i else ""}"><td class="views-field views-field-field-date active">{p.slashed}</td><td class="views-field views-field-field-num">DEL-2025-{p.n}</td>
<td class="views-field views-field-title"><a href="/system/files/actes/del_2025_{p.n}.pdf" type="application/pdf">{text(p.title)}</a></td></tr>"""
        for i, p in enumerate(acts)
    )

    def page(main, title):
        return f"""<!DOCTYPE html><html lang="fr"><head><meta charset="utf-8"><meta name="Generator" content="Drupal 7 (http://drupal.org)"><title>{title} | Communauté de communes du Bocage</title></head><body><div id="navigation"><ul class="menu">
<li class="first"><a href="/la-communaute">La communauté de communes</a></li><li><a href="/habiter">Habiter, se déplacer, trier</a></li><li><a href="/deliberations">Délibérations du conseil communautaire</a></li><li class="last"><a href="/tourisme">Découvrir le territoire</a></li></ul></div>
<div id="content">{main}</div></body></html>"""

    table = f'<table class="views-table cols-3"><thead><tr><th><a href="/deliberations?order=date&amp;sort=asc" title="trier par Date" class="active">Date</a></th><th>Numéro</th><th><a href="/deliberations?order=title&amp;sort=asc">Objet</a></th></tr></thead><tbody>{rows}</tbody></table><ul class="pager"><li><a href="/deliberations?page=1">suivant ›</a></li></ul>'
    return Site("deliberations", base + "/", {"/": page("<h1>Bienvenue</h1>", "Accueil"), "/deliberations": page(table, "Délibérations")},
                {("listing", base + "/deliberations")}, {f"{base}/system/files/actes/del_2025_{p.n}.pdf" for p in acts})  # fmt: skip


def accordions() -> Site:
    """A State agency: press releases as PDFs in an accordion by month, without days, sizes in the links."""
    news, base = posts(10, 1), "http://www.agence-cc.example"

    def month(of, name, n):
        links = each(lambda p: f'<li><a class="fr-link fr-link--download" download href="/sites/default/files/2025-04/{p.ymd}-cp.pdf">{text(p.title)} <span class="fr-link__detail">PDF – 230,5 Ko</span></a></li>', of)  # fmt: skip
        return f'<section class="fr-accordion"><h3 class="fr-accordion__title"><button class="fr-accordion__btn">{name}</button></h3><div class="fr-collapse" id="accordion-{n}"><ul>{links}</ul></div></section>'

    def page(main, title):
        return f"""<!doctype html><html lang="fr"><head><meta charset="utf-8"><title>{title} | Agence CC</title></head><body><header class="fr-header"><nav class="fr-nav"><ul class="fr-nav__list"><li><a class="fr-nav__link" href="/missions">Nos missions et nos métiers</a></li>
<li><a class="fr-nav__link" href="/espace-presse">Espace presse</a></li><li><a class="fr-nav__link" href="/nous-rejoindre">Nous rejoindre</a></li></ul></nav></header><main id="contenu">{main}</main>
<footer class="fr-footer"><a class="fr-footer__bottom-link" href="/files/rapport-annuel.pdf">Rapport annuel (PDF)</a></footer></body></html>"""

    press = f'<h1>Espace presse</h1><p>Contact : presse@agence-cc.example</p><h2>Communiqués</h2><div class="fr-accordions-group">{month(news[:4], "Avril 2025", 1)}{month(news[4:8], "Mars 2025", 2)}{month(news[8:], "Février 2025", 3)}</div>'
    return Site("accordions", base + "/", {"/": page("<h1>L'agence</h1>", "Accueil"), "/espace-presse": page(press, "Espace presse")},
                {("listing", base + "/espace-presse")}, {f"{base}/sites/default/files/2025-04/{p.ymd}-cp.pdf" for p in news})  # fmt: skip


def divi() -> Site:
    """WordPress whose feeds are switched off and lead home; the first article of the list is made otherwise."""
    news, base = posts(10, 3200), "http://www.ville-dd.example"
    link = lambda p: f"{base}/{p.when:%Y/%m/%d}/{p.slug}/"

    def item(p):
        return f"""<article id="post-{p.n}" class="et_pb_post clearfix et_pb_blog_item_0_{p.n % 10} post-{p.n} post type-post category-actualites"><a href="{link(p)}" class="entry-featured-image-url"><img src="a.jpg" alt="{text(p.title)}"></a>
<h2 class="entry-title"><a href="{link(p)}">{text(p.title)}</a></h2><p class="post-meta"><span class="published">{p.short.capitalize()}</span> | <a href="{base}/category/actualites/" rel="category tag">Actualités</a></p><div class="post-content"><p>Début… <a href="{link(p)}" class="more-link">lire plus</a></p></div></article>"""

    def page(main, title):
        return f"""<!DOCTYPE html><html lang="fr-FR"><head><meta charset="UTF-8"><title>{title} | Ville de Dieulefit</title><link rel="stylesheet" href="{base}/wp-content/themes/Divi/style.css"></head><body class="et_pb_pagebuilder_layout"><header id="main-header" class="et-l--header"><div id="et-top-navigation"><ul id="top-menu" class="nav">
<li class="menu-item"><a href="{base}/ma-mairie/">Ma mairie</a></li><li class="menu-item"><a href="{base}/category/actualites/">Actus</a></li><li class="menu-item"><a href="{base}/enfance/">Enfance et jeunesse</a></li><li><a href="{base}/sport/">Sport et associations</a></li></ul></div></header>
<div id="et-main-area"><div id="main-content"><div class="container"><div id="content-area" class="clearfix"><div id="left-area">{main}</div><div id="sidebar"><div class="et_pb_widget widget_recent_entries"><h4>Articles récents</h4><ul>{each(lambda p: f'<li><a href="{link(p)}">{text(p.title)}</a></li>', news[:5])}</ul></div></div></div></div></div></div></body></html>"""

    first = news[0]
    top = f'<div class="et_pb_featured"><h1><a href="{link(first)}">{text(first.title)}</a></h1></div>'
    listing = (
        top
        + each(item, news[1:])
        + f'<div class="pagination clearfix"><div class="alignleft"><a href="{base}/category/actualites/page/2/">« Entrées précédentes</a></div></div>'
    )
    return Site("divi", base + "/", {"/": page("<h1>Dieulefit</h1>", "Accueil"), "/category/actualites/": page(listing, "Actualités"), "/feed/": moved(base + "/", 302), "/category/actualites/feed/": moved(base + "/", 302)},
                {("listing", base + "/category/actualites/")}, {link(p) for p in news[1:]}, {link(first)})  # fmt: skip


def tailwind() -> Site:
    """An agency's Next.js: classes that say nothing, cards that are one link, dates with dots, no feed."""
    news, base = posts(9, 1), "http://metropole-ee.example"

    def card(p):
        return f"""<a class="group md:flex flex-col gap-4 rounded-2xl bg-white hover:shadow-lg" href="/fr/actualites/{p.slug}"><div class="relative h-48 w-full overflow-hidden"><img alt="" loading="lazy" class="object-cover" src="/_next/image?url=%2F{p.n}.jpg&amp;w=640"/></div>
<div class="p-6"><div class="flex items-center text-sm text-gray-500"><span class="mr-2 rounded bg-blue-50 px-2">Mobilité</span><span>{p.when:%d.%m.%Y}</span></div><div class="mt-2 text-xl font-bold leading-tight">{text(p.title)}</div></div></a>"""

    def page(main, title):
        return f"""<!DOCTYPE html><html lang="fr"><head><meta charSet="utf-8"/><title>{title} | Métropole d'Eauze</title></head><body class="__variable_1a2b3c"><div id="__next"><div class="sticky top-0 z-50"><div class="container flex justify-between"><a class="shrink-0" href="/fr">Accueil</a><div class="hidden lg:flex gap-8"><a class="font-medium" href="/fr/la-metropole">La Métropole</a><a class="font-medium" href="/fr/actualites">Actualités</a><a class="font-medium" href="/fr/agenda">Agenda</a><a class="font-medium" href="/fr/recrutement">Nous rejoindre</a></div></div></div>{main}
<div class="bg-slate-900 text-white"><div class="grid grid-cols-4"><a class="underline" href="/fr/mentions-legales">Mentions légales</a><a class="underline" href="/fr/espace-presse">Espace presse</a></div></div></div><script id="__NEXT_DATA__" type="application/json">{{}}</script></body></html>"""

    return Site("tailwind", base + "/", {"/": moved("/fr", 307), "/fr": page('<div class="h-screen"><h1>Bienvenue</h1></div>', "Accueil"), "/fr/actualites": page(f'<main class="py-12"><h1>Actualités</h1><div class="grid md:grid-cols-3 gap-6">{each(card, news)}</div></main>', "Actualités"),
                 "/fr/agenda": page(agenda("/fr/agenda/"), "Agenda"), "/fr/espace-presse": page("<h1>Espace presse</h1><p>Le service de presse : 05 00 00 00 00</p>", "Presse")},
                {("listing", base + "/fr/actualites")}, {f"{base}/fr/actualites/{p.slug}" for p in news})  # fmt: skip


def frames() -> Site:
    """Two frames, as free hosting had them: the menu in one, the news in the other, ISO-8859-1."""
    news, base = posts(7, 1), "http://www.mairie-ff.example"
    home = """<html><head><title>Mairie de Fours</title></head><frameset cols="180,*" border="0"><frame name="menu" src="menu.htm"><frame name="page" src="accueil.htm"><noframes>Votre navigateur ne lit pas les cadres.</noframes></frameset></html>"""
    menu = """<html><body><a href="accueil.htm" target="page">Accueil</a><br><a href="actus.htm" target="page">Actualités</a><br><a href="conseil.htm" target="page">Le conseil</a><br><a href="ecole.htm" target="page">L'école</a><br><a href="http://www.meteo.example" target="_top">Météo</a></body></html>"""
    actus = f"""<html><body><h1>Actualités de la commune</h1><ul>{each(lambda p: f'<li>{p.day} : <a href="actus/{p.ymd}.htm">{text(p.title)}</a></li>', news)}</ul></body></html>"""
    latin = lambda t: {"body": t.encode("iso-8859-1"), "type": "text/html"}
    return Site("frames", base + "/", {"/": latin(home), "/menu.htm": latin(menu), "/accueil.htm": latin("<html><body><h1>Bienvenue à Fours</h1></body></html>"), "/actus.htm": latin(actus)},
                {("listing", base + "/actus.htm")}, {f"{base}/actus/{p.ymd}.htm" for p in news})  # fmt: skip


def sections() -> Site:
    """A daily that declares a feed for each section, the longest first, and that of the front page among them."""
    base = "http://www.le-quotidien-gg.example"
    kinds = {
        "sport": ("Sport", posts(20, 500)),
        "podcasts": ("Tous nos podcasts", posts(12, 200)),
        "une": ("À la une", posts(12, 900)),
        "loisirs": ("Cuisine et loisirs", posts(20, 300)),
    }
    head = "".join(
        f'<link rel="alternate" type="application/rss+xml" title="{title}" href="{base}/{key}/rss.xml">'
        for key, (title, _) in kinds.items()
    )
    home = f'<!doctype html><html lang="fr"><head><meta charset="utf-8"><title>Le Quotidien du Gers : actualités en direct</title>{head}</head><body><nav><a href="/sport">Sport</a><a href="/faits-divers">Faits divers</a></nav><main></main></body></html>'
    feeds = {
        f"/{key}/rss.xml": rss(of, lambda p, key=key: f"{base}/{key}/{p.slug}-{p.n}", title)
        for key, (title, of) in kinds.items()
    }
    return Site("sections", base + "/", {"/": home} | feeds, {("feed", base + "/une/rss.xml")}, {f"{base}/une/{p.slug}-{p.n}" for p in kinds["une"][1]})  # fmt: skip


def definitions() -> Site:
    """A list of definitions: the date in `dt`, the link in `dd`; old years below, on the same page."""
    news, base = posts(9, 1), "http://www.syndicat-hh.example"
    body = f"""<h1>Communiqués</h1><h2>2025</h2><dl class="liste-communiques">{each(lambda p: f'<dt>{p.day}</dt><dd><a href="communiques/{p.ymd}.html">{text(p.title)}</a></dd>', news)}</dl>"""

    def page(main, title):
        return f"""<!doctype html><html lang="fr"><head><meta charset="utf-8"><title>{title} - Syndicat des eaux de la Houille</title></head><body><div class="haut"><a href="index.html">Accueil</a> | <a href="qui.html">Qui sommes-nous</a> | <a href="communiques.html">Nos communiqués</a> | <a href="qualite.html">La qualité de l'eau</a></div>{main}</body></html>"""

    return Site("definitions", base + "/", {"/": page("<h1>L'eau</h1>", "Accueil"), "/communiques.html": page(body, "Communiqués")},
                {("listing", base + "/communiques.html")}, {f"{base}/communiques/{p.ymd}.html" for p in news})  # fmt: skip


def subdomain() -> Site:
    """The city's site is a portal; « Le mag » is a WordPress on a host of its own, with a feed that it declares."""
    news, base, mag = posts(10, 1), "http://www.ville-ii.example", "http://lemag.ville-ii.example"
    link = lambda p: f"{mag}/{p.slug}/"
    home = f"""<!doctype html><html lang="fr"><head><meta charset="utf-8"><title>Ville d'Issoire</title></head><body><header><div class="menu"><ul><li><a href="/demarches">Toutes les démarches</a></li><li><a href="/equipements">Les équipements</a></li><li><a href="/elus">Vos élus</a></li><li><a href="{mag}/">Le mag : toute l'actualité</a></li></ul></div></header><main>
<div class="portail"><a href="/piscine">Piscine</a><a href="/bus">Bus</a></div></main></body></html>"""
    body = f"""<!doctype html><html lang="fr"><head><meta charset="utf-8"><title>Le mag d'Issoire</title><link rel="alternate" type="application/rss+xml" title="Le mag &raquo; Flux" href="{mag}/feed/"></head><body class="blog">{each(lambda p: f'<article class="post"><header class="entry-header"><h2 class="entry-title"><a href="{link(p)}">{text(p.title)}</a></h2><time datetime="{p.iso}">{p.day}</time></header></article>', news)}</body></html>"""
    return Site("subdomain", base + "/", {"/": home, mag + "/": body, mag + "/feed/": rss(news, link)}, {("feed", mag + "/feed/"), ("listing", mag + "/")}, {link(p) for p in news})  # fmt: skip


def unlinked_titles() -> Site:
    """The title is no link: only « Lire l'article » is one; the agenda beside it is made the same way."""
    news, base = posts(8, 1), "http://www.ville-jj.example"
    events = posts(9, 30, -80, ("Brocante du quartier", "Concert d'été"))

    def item(kind):
        return lambda p: (
            f"""<div class="encart"><h3>{text(p.title)}</h3><p class="quand">{p.day}</p><p>Quelques mots de plus sur le sujet.</p><p class="suite"><a href="/{kind}/{p.n}-{p.slug}" title="Lire l'article">Lire l'article</a></p></div>"""
        )

    def page(main, title):
        return f"""<!doctype html><html lang="fr"><head><meta charset="utf-8"><title>{title} - Jonzac</title></head><body><nav><a href="/mairie">Mairie</a><a href="/toutes-les-infos">Toutes les infos</a><a href="/sortir">Sortir à Jonzac</a></nav>{main}</body></html>"""

    return Site("unlinked-titles", base + "/", {"/": page("", "Accueil"), "/toutes-les-infos": page(f'<div class="liste">{each(item("info"), news)}</div>', "Infos"), "/sortir": page(f'<div class="liste">{each(item("sortie"), events)}</div>', "Sortir")},
                {("listing", base + "/toutes-les-infos")}, {f"{base}/info/{p.n}-{p.slug}" for p in news})  # fmt: skip


def gz_sitemap() -> Site:
    """A portal made by scripts; robots.txt names an index whose sitemaps are gzipped, one a type of content."""
    news, base = (
        posts(8, 1, titles=("Budget : le conseil débat", "Caméras : le préfet autorise", "École : la carte scolaire")),
        "http://www.portail-kk.example",
    )
    home = '<!doctype html><html lang="fr"><head><meta charset="utf-8"><title>Portail K</title></head><body><app-root></app-root><script src="main.8f3a.js" type="module"></script></body></html>'
    pack = lambda data: {"body": gzip.compress(data), "type": "application/gzip"}
    urls = [(f"{base}/actualites/{p.n}/{p.slug}", f"{p.when:%Y-%m-%d}") for p in news]
    return Site("gz-sitemap", base + "/", {"/": home, "/robots.txt": f"User-agent: *\nDisallow: /api/\n\nsitemap: {base}/sitemaps/index.xml\n", "/sitemaps/index.xml": index([f"{base}/sitemaps/{n}.xml.gz" for n in ("pages", "fiches", "actualites", "evenements")]),
                 "/sitemaps/actualites.xml.gz": pack(urlset(urls)), "/sitemaps/fiches.xml.gz": pack(urlset([(f"{base}/fiches/{n}", "2025-04-10") for n in range(30)])), "/sitemaps/pages.xml.gz": pack(urlset([(base + "/", "2025-04-10")])), "/sitemaps/evenements.xml.gz": pack(urlset([(f"{base}/e/{n}", "2025-04-10") for n in range(30)]))},
                {("sitemap", base + "/sitemaps/actualites.xml.gz")}, {url for url, _ in urls})  # fmt: skip


def cookie_wall() -> Site:
    """Without a cookie, the home page only asks for consent; its link leads to the site all the same."""
    news, base = posts(8, 1), "http://www.ville-ll.example"
    wall = """<!doctype html><html lang="fr"><head><meta charset="utf-8"><title>Ville de Lodève</title></head><body><div class="cookie-wall"><p>Nous utilisons des traceurs pour mesurer l'audience de ce site et vous proposer des contenus adaptés à vos centres d'intérêt. Vous pouvez accepter ou refuser.</p>
<button>Tout accepter</button> <a href="/accueil?consent=0">Continuer sans accepter</a> <a href="/politique-cookies">En savoir plus sur les cookies</a></div></body></html>"""

    def page(main, title):
        return f"""<!doctype html><html lang="fr"><head><meta charset="utf-8"><title>{title} - Ville de Lodève</title></head><body><nav><ul><li><a href="/vivre">Vivre à Lodève</a></li><li><a href="/actualites">Toutes nos actualités</a></li><li><a href="/culture">Culture et patrimoine</a></li><li><a href="/commerces">Commerces</a></li></ul></nav><main>{main}</main></body></html>"""

    listing = each(
        lambda p: (
            f'<div class="actu"><p class="actu__date">{p.day}</p><p class="actu__titre"><a href="/actualites/{p.slug}">{text(p.title)}</a></p></div>'
        ),
        news,
    )
    return Site("cookie-wall", base + "/", {"/": wall, "/accueil?consent=0": page("<h1>Lodève</h1>", "Accueil"), "/actualites": page(listing, "Actualités"), "/politique-cookies": page("<p>Les cookies</p>", "Cookies")},
                {("listing", base + "/actualites")}, {f"{base}/actualites/{p.slug}" for p in news})  # fmt: skip


SITES = (campagnol, deliberations, accordions, divi, tailwind, frames, sections, definitions, subdomain, unlinked_titles, gz_sitemap, cookie_wall)  # fmt: skip
