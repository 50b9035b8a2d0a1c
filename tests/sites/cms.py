"""Sites as the usual systems make them: Typo3, Drupal, Jahia, K-Sup, eZ, SPIP, WordPress, Joomla."""

# ruff: noqa: E731, ANN (the lines of the pages they stand for; one-line addresses)
from __future__ import annotations

from tests.sites import Site, atom, each, moved, posts, rss, text

SHARE = """<ul class="share"><li><a href="https://www.facebook.com/sharer/sharer.php?u=x">Partager sur Facebook</a></li>
<li><a href="https://twitter.com/intent/tweet?url=x">Partager sur X (nouvelle fenêtre)</a></li>
<li><a href="mailto:?subject=x">Envoyer par courriel à une connaissance</a></li></ul>"""


def typo3() -> Site:
    """`<base>` and relative links, a link on the picture, the title and « Lire la suite »; filters and pages."""
    news = posts(9, 812)

    def item(p):
        url = f"actualites/detail/{p.slug}"
        return f"""<div class="article articletype-0 news-list-item" itemscope itemtype="http://schema.org/Article">
<div class="news-img-wrap"><a title="{text(p.title)}" href="{url}"><img src="fileadmin/{p.n}.jpg" width="300" alt=""></a></div>
<div class="header"><h3><a title="{text(p.title)}" href="{url}"><span itemprop="headline">{text(p.title)}</span></a></h3></div>
<div class="teaser-text"><div itemprop="description"><p>La Ville vous informe des démarches à suivre.</p></div>
<a class="more" title="{text(p.title)}" href="{url}">Lire la suite</a></div>
<div class="footer"><p><span class="news-list-date"><time itemprop="datePublished" datetime="{p.when:%Y-%m-%d}">{p.slashed}</time></span></p></div></div>"""

    menu = """<nav id="main-menu" class="navbar"><ul class="nav navbar-nav">
<li class="dropdown"><a href="ma-ville" title="Ma ville">Ma ville</a><ul class="dropdown-menu">
<li><a href="ma-ville/histoire-et-patrimoine">Histoire et patrimoine de la ville</a></li>
<li><a href="ma-ville/conseil-municipal/les-elus">Les élus du conseil municipal</a></li>
<li><a href="ma-ville/conseil-municipal/deliberations">Les délibérations du conseil</a></li>
<li><a href="actualites">Actualités</a></li><li><a href="agenda">Agenda des manifestations</a></li></ul></li>
<li><a href="mes-demarches">Mes démarches en ligne</a></li><li><a href="marches-publics">Marchés publics</a></li>
<li><a href="offres-demploi">La Ville recrute : offres d'emploi</a></li></ul></nav>"""
    foot = """<footer><ul class="list-inline"><li><a href="mentions-legales">Mentions légales et crédits</a></li>
<li><a href="accessibilite">Accessibilité : partiellement conforme</a></li><li><a href="plan-du-site">Plan du site</a></li></ul></footer>"""

    def page(main, title):
        return f"""<!DOCTYPE html><html lang="fr-FR"><head><meta charset="utf-8"><base href="http://www.ville-a.example/">
<meta name="generator" content="TYPO3 CMS"><title>{title} - Ville d'Aubigny</title></head><body>{menu}
<ol class="breadcrumb"><li><a href="/">Accueil</a></li><li class="active">{title}</li></ol><main>{main}</main>{foot}</body></html>"""

    cats = "".join(
        f'<li><a href="actualites?tx_news_pi1%5BoverwriteDemand%5D%5Bcategories%5D={n}">{c}</a></li>'
        for n, c in enumerate(
            ("Vie municipale et citoyenneté", "Culture, sports et loisirs", "Travaux et urbanisme"), 4
        )
    )
    pages = "".join(f'<li><a href="actualites/page-{n}">{n}</a></li>' for n in (2, 3, 4))
    listing = f"""<div class="news"><ul class="news-categories">{cats}</ul><div class="news-list-view">{each(item, news)}
<div class="page-navigation"><p>Page 1 sur 4.</p><ul class="f3-widget-paginator"><li class="current">1</li>{pages}
<li class="next"><a href="actualites/page-2">Suivante</a></li></ul></div></div></div>"""
    slider = "".join(
        f'<div class="item"><a href="actualites/detail/{p.slug}"><img src="a.jpg"><span class="carousel-caption">{text(p.title)}</span></a></div>'
        for p in news[:3]
    )
    home = f"""<div class="carousel">{slider}</div><div class="acces"><h2>En un clic</h2><ul>
<li><a href="mes-demarches/etat-civil">État civil et citoyenneté</a></li><li><a href="mes-demarches/portail-famille">Le portail famille</a></li>
<li><a href="mes-demarches/signaler-un-probleme">Signaler un problème dans la rue</a></li></ul></div>"""
    return Site(
        "typo3", "http://www.ville-a.example/",
        {"/": page(home, "Accueil"), "/actualites": page(listing, "Actualités"), "/agenda": page(agenda(), "Agenda")},
        {("listing", "http://www.ville-a.example/actualites")},
        {f"http://www.ville-a.example/actualites/detail/{p.slug}" for p in news},
    )  # fmt: skip


def agenda(prefix: str = "agenda/detail/") -> str:
    """Events to come, more of them and better dated than any news: never to be taken for it."""
    events = posts(14, 40, back=-90, titles=("Concert de l'harmonie municipale", "Marché aux fleurs de printemps",
                                              "Loto de l'association des parents", "Exposition de peinture à la salle des fêtes"))  # fmt: skip
    return each(
        lambda p: (
            f"""<article class="event-item"><h3><a href="{prefix}{p.slug}-{p.n}">{text(p.title)}</a></h3>
<p class="date">Le <time datetime="{p.when:%Y-%m-%d}">{p.day}</time></p></article>"""
        ),
        events,
    )


def drupal() -> Site:
    """Views rows with teasers; the feed of the front page is one page of 2019; communiqués under « Espace presse »."""
    news, cps, old = posts(10, 5400), posts(6, 5300, back=3), posts(1, 12, back=2000)

    def item(kind):
        return lambda p: (
            f"""<div class="views-row"><article about="/{kind}/{p.slug}" class="node node--type-{kind} node--view-mode-teaser">
<div class="node__content"><div class="field field--name-field-date field__item">{p.day}</div>
<h2 class="node__title"><a href="/{kind}/{p.slug}" rel="bookmark"><span class="field field--name-title">{text(p.title)}</span></a></h2>
<div class="field field--name-field-thematique"><a href="/thematique/{p.n % 3}" hreflang="fr">Cadre de vie</a></div>
<ul class="links inline"><li class="node-readmore"><a href="/{kind}/{p.slug}" rel="tag" title="{text(p.title)}">En savoir plus<span class="visually-hidden"> sur {text(p.title)}</span></a></li></ul>
</div></article></div>"""
        )

    def page(main, title):
        return f"""<!DOCTYPE html><html lang="fr" dir="ltr"><head><meta charset="utf-8"><meta name="Generator" content="Drupal 10">
<link rel="alternate" type="application/rss+xml" title="Agglo de Bréval" href="http://www.agglo-b.example/rss.xml">
<title>{title} | Agglo de Bréval</title></head><body class="path-frontpage"><nav role="navigation" class="menu--main"><ul class="menu">
<li class="menu-item"><a href="/" data-drupal-link-system-path="&lt;front&gt;">Accueil</a></li>
<li class="menu-item menu-item--expanded"><a href="/agglo">L'Agglo</a><ul><li><a href="/agglo/competences">Compétences et budget</a></li>
<li><a href="/agglo/elus">Les élus communautaires</a></li><li><a href="/recrutement">Nos offres d'emploi et stages</a></li></ul></li>
<li class="menu-item"><a href="/actualites">Actualités</a></li><li class="menu-item"><a href="/evenements">Événements</a></li>
<li class="menu-item"><a href="/espace-presse">Espace presse</a></li></ul></nav>
<main role="main"><h1>{title}</h1><div class="view-content">{main}</div>
<nav class="pager"><ul class="pager__items"><li><a href="?page=1" title="Aller à la page 2">Page 2</a></li>
<li><a href="?page=7" title="Aller à la dernière page"><span>Dernier »</span></a></li></ul></nav></main>
<footer><a href="/mentions-legales">Mentions légales</a> <a href="/contact">Nous contacter</a></footer></body></html>"""

    facets = "".join(
        f'<li class="facet-item"><a href="/actualites?f%5B0%5D=theme%3A{n}" rel="nofollow"><span class="facet-item__value">{v}</span></a></li>'
        for n, v in enumerate(
            ("Transports et mobilités", "Eau et assainissement", "Développement économique", "Habitat")
        )
    )
    base = "http://www.agglo-b.example"
    return Site(
        "drupal", base + "/",
        {
            "/": page("".join(item("actualite")(p) for p in news[:3]), "Accueil"),
            "/actualites": page(f'<ul class="facets">{facets}</ul>' + each(item("actualite"), news), "Actualités"),
            "/evenements": page(agenda("/evenement/"), "Événements"),
            "/espace-presse": page(each(item("communique"), cps), "Espace presse"),
            "/rss.xml": rss(old, lambda p: f"{base}/node/{p.n}"),
        },
        {("listing", base + "/actualites"), ("listing", base + "/espace-presse")},
        set(),
        {f"{base}/actualite/{p.slug}" for p in news} | {f"{base}/communique/{p.slug}" for p in cps},
    )  # fmt: skip


def jahia() -> Site:
    """Cards that are one link with all in it, years and themes in the addresses, an agenda beside them."""
    news, base = posts(12, 90), "http://metropole-c.example"

    def item(p):
        return f"""<li class="o-grid__item"><a class="c-card c-card--news" href="/home/actualites/{p.when:%Y}/mobilites/{p.slug}.html">
<figure class="c-card__media"><img src="/files/live/sites/metropole/files/{p.n}.jpg" alt=""></figure>
<p class="c-card__tag">Mobilités</p><h3 class="c-card__title">{text(p.title)}</h3><p class="c-card__date">Publié le {p.day}</p></a></li>"""

    def page(main, title):
        return f"""<!doctype html><html lang="fr"><head><meta charset="utf-8"><title>{title} - Métropole de Cadours</title></head><body>
<header><a href="/home.html" class="logo">Métropole de Cadours</a><nav><ul><li><a href="/home/ville-et-territoire.html">Ville et territoire</a></li>
<li><a href="/home/demarches.html">Démarches et services</a></li><li><a href="/home/actualites.html">Actus</a></li>
<li><a href="/home/agenda.html">Agenda</a></li></ul></nav></header><main>{main}</main><aside><h2>À ne pas manquer</h2><ul class="c-agenda">
{each(lambda p: f'<li><a href="/home/agenda/{p.slug}.html"><strong>{p.short}</strong> {text(p.title)}</a></li>', posts(5, 5, -60))}</ul></aside>
<footer><ul><li><a href="/home/informations-legales.html">Informations légales et cookies</a></li><li><a href="/home/contact.html">Nous écrire</a></li></ul></footer></body></html>"""

    listing = f"""<form action="/home/actualites.html"><select name="theme"><option>Tous</option></select></form>
<ul class="o-grid">{each(item, news)}</ul><nav class="c-pagination"><a href="/home/actualites.html?page=2">Page suivante des actualités</a></nav>"""
    return Site(
        "jahia", base + "/",
        {
            "/": moved(base + "/home.html", 302),
            "/home.html": page("<h1>Bienvenue</h1><p>Que cherchez-vous ?</p>", "Accueil"),
            "/home/actualites.html": page(listing, "Actualités"),
            "/home/agenda.html": page(agenda("/home/agenda/"), "Agenda"),
        },
        {("listing", base + "/home/actualites.html")},
        {f"{base}/home/actualites/{p.when:%Y}/mobilites/{p.slug}.html" for p in news},
    )  # fmt: skip


def ksup() -> Site:
    """`.kjsp` pages and a feed made by a servlet, that only a picture shows; ISO-8859-15."""
    news, base = posts(4, 771200), "http://www.departement-d.example"
    feed = "/adminsite/webservices/export_rss.jsp?NOMBRE=10&CODE_RUBRIQUE=1274191254&LANGUE=0"
    home = f"""<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-strict.dtd">
<html xmlns="http://www.w3.org/1999/xhtml" lang="fr"><head><meta http-equiv="content-type" content="text/html; charset=iso-8859-15" />
<title>Département de la Drée - Accueil</title></head><body><ul id="menu_principal">
<li><a href="/le-departement/l-assemblee-departementale/l-assemblee-departementale-11.kjsp?RH=ASS">L'assemblée départementale</a></li>
<li><a href="/solidarites/solidarites-12.kjsp?RH=SOL">Solidarités et action sociale</a></li><li><a href="/colleges/colleges-13.kjsp?RH=COL">Les collèges du département</a></li></ul>
<div id="encadres"><div class="encadre_rubrique"><h2>À la une</h2><ul class="objets liste-definitions">
{each(lambda p: f'<li class="avec_vignette"><a href="/a-la-une/{p.slug}-{p.n}.kjsp?RH=ACCUEIL" class="lien_interne">{text(p.title)}</a><div class="resume">Texte du chapeau</div></li>', news)}
</ul><div class="plus"><a href="{feed.replace("&", "&amp;")}" class="type_rss_2"><img src="/images/rss.png" alt="RSS" /></a>
<a href="/servlet/com.jsbsoft.jtf.core.SG?EXT=core&amp;PROC=RECHERCHE_ACTUALITE">Toutes les actus</a></div></div></div></body></html>"""
    link = lambda p: f"{base}/a-la-une/{p.slug}-{p.n}.kjsp?RH=ACCUEIL"
    return Site(
        "ksup", base + "/",
        {"/": {"body": home.encode("iso-8859-15"), "type": "text/html;charset=ISO-8859-15"},
         feed: {"body": rss(posts(10, 771200), link, encoding="iso-8859-15"), "type": "text/xml"}},
        {("feed", base + feed)},
        {link(p) for p in posts(10, 771200)},
    )  # fmt: skip


def ez() -> Site:
    """Two declared feeds, the agenda's before the news'."""
    news, events, base = posts(15, 300), posts(15, 900, back=-85), "http://www.ville-e.example"
    home = """<!DOCTYPE html><html lang="fr-FR"><head><meta charset="utf-8"><title>Ville d'Esquelbecq - site officiel</title>
<link rel="Alternate" type="application/rss+xml" title="Agenda" href="/fre/rss/feed/agenda">
<link rel="Alternate" type="application/rss+xml" title="L'info en direct" href="/fre/rss/feed/infos">
<meta name="generator" content="eZ Publish"></head><body><div id="page"><div id="topmenu"><ul>
<li><a href="/fre/Ma-mairie"><span>Ma mairie</span></a></li><li><a href="/fre/Sortir"><span>Sortir</span></a></li></ul></div></div></body></html>"""
    return Site(
        "ez", base + "/",
        {"/": home,
         "/fre/rss/feed/agenda": rss(events, lambda p: f"{base}/fre/Sortir/Agenda/{p.slug}", "Agenda"),
         "/fre/rss/feed/infos": rss(news, lambda p: f"{base}/fre/Infos/{p.slug}", "Infos")},
        {("feed", base + "/fre/rss/feed/infos")},
        {f"{base}/fre/Infos/{p.slug}" for p in news},
    )  # fmt: skip


def spip3() -> Site:
    """`spip.php?articleN`, ISO-8859-1, the feed in the head; a second feed of the « brèves » of other sites."""
    news, base = posts(10, 1432), "http://www.saint-f.example"
    home = f"""<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">
<html lang="fr"><head><title>Mairie de Saint-Félix-Lauragais</title><meta http-equiv="Content-Type" content="text/html; charset=iso-8859-1" />
<meta name="generator" content="SPIP 3.2.19" /><link rel="stylesheet" href="squelettes-dist/css/spip.css" />
<link rel="alternate" type="application/rss+xml" title="Syndiquer tout le site" href="spip.php?page=backend" /></head><body class="page_sommaire">
<div class="nav clearfix" id="nav"><ul><li class="nav-item"><a href="spip.php?rubrique1">La mairie à votre service</a></li><li class="nav-item"><a href="spip.php?rubrique4">Vie associative</a></li></ul></div>
<div class="liste articles"><h2 class="h2">Les articles les plus récents</h2><ul class="liste-items">
{each(lambda p: f'<li class="item hentry"><h3 class="h3 entry-title"><a href="spip.php?article{p.n}" rel="bookmark">{text(p.title)}</a></h3><small><abbr class="published" title="{p.iso}">{p.day}</abbr></small></li>', news[:5])}
</ul></div></body></html>"""
    link = lambda p: f"{base}/spip.php?article{p.n}"
    return Site(
        "spip3", base + "/",
        {"/": {"body": home.encode("iso-8859-1"), "type": "text/html; charset=iso-8859-1"},
         "/spip.php?page=backend": rss(news, link)},
        {("feed", base + "/spip.php?page=backend")},
        {link(p) for p in news},
    )  # fmt: skip


def spip4() -> Site:
    """Clean addresses, feed switched off; a rubrique of news whose dates stand in `<time>` and without a year."""
    news, base = posts(10, 0), "http://commune-g.example"

    def item(p):
        slug = p.slug.capitalize()
        return f"""<li class="item"><article class="entry article hentry"><strong class="h3-like entry-title"><a href="{slug}" rel="bookmark">{text(p.title)}</a></strong>
<p class="publication"><time pubdate="pubdate" datetime="{p.iso}"><i class="icon"></i> {p.when.day} {["janvier", "février", "mars", "avril"][min(p.when.month - 1, 3)]}</time><span class="authors"><span class="sep">, </span><span class="auteurs">par <span class="vcard author"><a class="url fn spip_in" href="_Secretariat-de-mairie_">Secrétariat de mairie</a></span></span></span></p>
<div class="introduction entry-content"><p>Le texte commence ici. (<a href="{slug}">…</a>)</p></div></article></li>"""

    def page(main, title, extra=""):
        return f"""<!DOCTYPE HTML><html class="page_rubrique ltr fr no-js" lang="fr"><head><base href="{base}/"><meta charset="utf-8"><title>{title} - Commune de Gruissan-le-Vieux</title>
<meta name="generator" content="SPIP 4.2.13"></head><body><div class="nav clearfix"><ul><li><a href="-La-commune-">La commune et son histoire</a></li><li><a href="-Vie-pratique-">Vie pratique et démarches</a></li>
<li><a href="-Actualites-">Actualités de la commune</a></li><li><a href="-Comptes-rendus-">Les comptes rendus du conseil</a></li></ul></div>
<div class="main">{main}</div><div class="aside">{extra}</div><p class="footer"><a href="spip.php?page=plan">Plan du site de la commune</a> | <a rel="nofollow" href="spip.php?page=login">Se connecter à l'espace privé</a></p></body></html>"""

    listing = f"""<div class="liste long articles"><a id="pagination_articles"></a><ul class="liste-items">{each(item, news)}</ul>
<nav role="navigation" class="pagination"><ul class="pagination-items"><li><a href="-Actualites-?debut_articles=10#pagination_articles" class="lien_pagination">10</a></li></ul></nav></div>"""
    return Site(
        "spip4", base + "/",
        {"/": page("<h1>Bienvenue dans notre commune</h1>", "Accueil"), "/-Actualites-": page(listing, "Actualités"),
         "/-Comptes-rendus-": page("<h1>Comptes rendus</h1><p>À consulter en mairie.</p>", "Comptes rendus")},
        {("listing", base + "/-Actualites-")},
        {f"{base}/{p.slug.capitalize()}" for p in news},
    )  # fmt: skip


def wordpress_blocks() -> Site:
    """Feeds of posts, comments, events and jobs are declared; the block editor's list of posts."""
    news, base = posts(10, 60), "http://www.ville-h.example"
    jobs, events = (
        posts(8, 20, titles=("Agent d'entretien polyvalent (H/F)", "Policier municipal (H/F)")),
        posts(10, 8, -70),
    )
    link = lambda p: f"{base}/{p.slug}/"
    head = "".join(
        f'<link rel="alternate" type="application/rss+xml" title="Ville d\'Hagetmau &raquo; {title}" href="{base}{path}" />'
        for title, path in (("Flux des commentaires", "/comments/feed/"), ("Flux pour Évènements", "/evenements/feed/"),
                            ("Offres d'emploi Flux", "/offres/feed/"), ("Flux", "/feed/"))
    )  # fmt: skip
    home = f"""<!DOCTYPE html><html lang="fr-FR"><head><meta charset="UTF-8"><title>Ville d'Hagetmau &#8211; Site officiel</title>{head}
<link rel="https://api.w.org/" href="{base}/wp-json/"></head><body class="home wp-embed-responsive"><header class="wp-block-template-part"><nav class="wp-block-navigation"><ul>
<li class="wp-block-navigation-item"><a href="{base}/la-mairie/">La mairie</a></li><li><a href="{base}/evenements/">Évènements</a></li></ul></nav></header>
<ul class="wp-block-post-template is-flex-container columns-3">{each(lambda p: f'<li class="wp-block-post post-{p.n} post type-post status-publish"><h3 class="wp-block-post-title"><a href="{link(p)}" target="_self">{text(p.title)}</a></h3><div class="wp-block-post-date"><time datetime="{p.iso}">{p.day}</time></div></li>', news[:6])}</ul></body></html>"""
    return Site(
        "wordpress-blocks", base + "/",
        {"/": home, "/feed/": rss(news, link), "/comments/feed/": rss(posts(10, 9), lambda p: f"{link(p)}#comment-{p.n}", "Commentaires"),
         "/evenements/feed/": rss(events, lambda p: f"{base}/evenement/{p.slug}/", "Évènements"),
         "/offres/feed/": rss(jobs, lambda p: f"{base}/offre/{p.n}/", "Offres d'emploi")},
        {("feed", base + "/feed/")},
        {link(p) for p in news},
    )  # fmt: skip


def wordpress_cpt() -> Site:
    """The feed has « Bonjour tout le monde ! » only; the news are of a type of their own, in Elementor's grid."""
    news, hello, base = (
        posts(9, 2200),
        posts(1, 1, back=2500, titles=("Bonjour tout le monde !",)),
        "http://ville-i.example",
    )

    def item(p):
        url = f"{base}/actualite/{p.slug}/"
        return f"""<article class="elementor-post elementor-grid-item post-{p.n} actualite type-actualite status-publish has-post-thumbnail hentry" role="listitem">
<a class="elementor-post__thumbnail__link" href="{url}" tabindex="-1"><div class="elementor-post__thumbnail"><img src="x.webp"></div></a>
<div class="elementor-post__text"><h3 class="elementor-post__title"><a href="{url}">{text(p.title)}</a></h3>
<div class="elementor-post__meta-data"><span class="elementor-post-date">{p.day}</span></div>
<a class="elementor-post__read-more" href="{url}" aria-label="En savoir plus sur {text(p.title)}">Lire la suite »</a></div></article>"""

    def page(main, title):
        return f"""<!doctype html><html lang="fr-FR"><head><meta charset="UTF-8"><title>{title} &#8211; Ivry-la-Forêt</title>
<link rel="alternate" type="application/rss+xml" title="Ivry-la-Forêt &raquo; Flux" href="{base}/feed/"></head><body class="elementor-default elementor-kit-5">
<div class="elementor-location-header"><ul class="elementor-nav-menu"><li class="menu-item"><a href="{base}/vie-municipale/" class="elementor-item">Vie municipale</a></li>
<li><a href="{base}/toute-lactualite/">Toute l'actualité</a></li><li><a href="{base}/agenda/">Agenda</a></li><li><a href="{base}/kiosque/">Kiosque : le magazine</a></li></ul></div>
{main}<div class="elementor-location-footer"><a href="{base}/politique-de-confidentialite/">Politique de confidentialité</a></div></body></html>"""

    magazines = each(lambda p: f'<div class="mag"><a href="{base}/wp-content/uploads/mag-{p.n}.pdf"><img src="m.jpg"></a><p>Le magazine n° {p.n}</p></div>', posts(6, 48))  # fmt: skip
    return Site(
        "wordpress-cpt", base + "/",
        {"/": page("<h1>Ivry-la-Forêt</h1>", "Accueil"), "/feed/": rss(hello, lambda p: f"{base}/bonjour-tout-le-monde/"),
         "/toute-lactualite/": page(f'<div class="elementor-posts-container elementor-posts elementor-grid">{each(item, news)}</div>', "Actualités"),
         "/agenda/": page(agenda(base + "/event/"), "Agenda"), "/kiosque/": page(magazines, "Kiosque")},
        {("listing", base + "/toute-lactualite/")},
        {f"{base}/actualite/{p.slug}/" for p in news},
    )  # fmt: skip


def joomla() -> Site:
    """The home page's feed has two old « featured » pages; the news page has a list, and a feed of its own."""
    news, old, base = posts(8, 214), posts(2, 9, back=1900), "http://www.mairie-j.example"

    def item(p):
        url = f"/index.php/vie-locale/actualites/{p.n}-{p.slug}"
        return f"""<div class="items-row cols-1 row-0"><div class="item column-1" itemprop="blogPost" itemscope itemtype="https://schema.org/BlogPosting">
<div class="page-header"><h2 itemprop="name"><a href="{url}" itemprop="url">{text(p.title)}</a></h2></div>
<dl class="article-info muted"><dt class="article-info-term">Détails</dt><dd class="createdby">Écrit par <span itemprop="name">Secrétariat</span></dd>
<dd class="published"><time datetime="{p.iso}" itemprop="datePublished">Publication : {p.day}</time></dd><dd class="hits">Affichages : {p.n}</dd></dl>
<p>Texte d'introduction.</p><p class="readmore"><a class="btn" href="{url}" aria-label="Lire la suite">Lire la suite...</a></p></div></div>"""

    def page(main, title, path):
        return f"""<!DOCTYPE html><html lang="fr-fr"><head><meta charset="utf-8"><meta name="generator" content="Joomla! - Open Source Content Management">
<title>{title} - Mairie de Jouy</title><link href="{path}?format=feed&amp;type=rss" rel="alternate" type="application/rss+xml" title="RSS 2.0">
<link href="{path}?format=feed&amp;type=atom" rel="alternate" type="application/atom+xml" title="Atom 1.0"></head><body><ul class="nav menu mod-list">
<li class="item-101"><a href="/index.php">Accueil</a></li><li class="item-102 parent"><a href="/index.php/mairie">La mairie</a></li>
<li class="item-140"><a href="/index.php/vie-locale/actualites">Les actualités</a></li><li class="item-141"><a href="/index.php/vie-locale/bulletin">Bulletin municipal</a></li></ul>{main}</body></html>"""

    listing = f'<div class="blog" itemscope itemtype="https://schema.org/Blog">{each(item, news)}</div>'
    link = lambda p: f"{base}/index.php/vie-locale/actualites/{p.n}-{p.slug}"
    stale = rss(old, lambda p: f"{base}/index.php/{p.n}-bienvenue")
    return Site(
        "joomla", base + "/",
        {"/": page("<h1>Bienvenue</h1>", "Accueil", "/index.php"), "/index.php/vie-locale/actualites": page(listing, "Actualités", "/index.php/vie-locale/actualites"),
         "/index.php?format=feed&type=rss": stale, "/index.php?format=feed&type=atom": atom(old, lambda p: f"{base}/index.php/{p.n}-bienvenue"),
         "/index.php/vie-locale/actualites?format=feed&type=rss": rss(news, link),
         "/index.php/vie-locale/actualites?format=feed&type=atom": atom(news, link)},
        {("listing", base + "/index.php/vie-locale/actualites"), ("feed", base + "/index.php/vie-locale/actualites?format=feed&type=rss"),
         ("feed", base + "/index.php/vie-locale/actualites?format=feed&type=atom")},
        {link(p) for p in news},
    )  # fmt: skip


SITES = (typo3, drupal, jahia, ksup, ez, spip3, spip4, wordpress_blocks, wordpress_cpt, joomla)
