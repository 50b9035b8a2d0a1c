"""Ten more sites, written before the fourth round: the measure of what discover had not seen then."""

# ruff: noqa: E731, ANN (the lines of the pages they stand for; one-line addresses)
from __future__ import annotations

from tests.sites import MONTHS, TITLES, Site, atom, each, posts, rss, text, urlset
from tests.sites.cms import agenda

SHAPES = ("politique", "sport", "culture", "economie")


def dotclear() -> Site:
    """A blog on Dotclear: addresses are queries without a name, archives by month and categories beside the posts."""
    news, base = posts(10, 1), "http://blog-quartier-qa.example"
    link = lambda p: f"{base}/index.php?post/{p.when:%Y/%m/%d}/{p.slug.capitalize()}"
    item = lambda p: f"""<div id="p{p.n}" class="post odd"><p class="day-date">{p.day}</p><h2 class="post-title"><a href="/{link(p)[len(base) + 1 :]}">{text(p.title)}</a></h2><p class="post-info">Par Camille dans <a href="/index.php?category/Vie-du-quartier">Vie du quartier</a></p><div class="post-content"><p>Le collectif écrit au maire.</p></div><p class="post-info-co"><a href="/{link(p)[len(base) + 1 :]}#comments" class="comment_count">aucun commentaire</a></p></div>"""  # fmt: skip
    months = "".join(
        f'<li><a href="/index.php?archive/2024/{n:02}">{MONTHS[n - 1]} 2024</a> (4)</li>' for n in range(1, 13)
    )
    home = f"""<!DOCTYPE html><html lang="fr"><head><meta charset="UTF-8"><title>Le blog du quartier</title></head><body class="dc-home"><div id="wrapper"><div id="main"><div id="content">{each(item, news)}</div></div><div id="sidebar"><div id="blognav"><div class="categories"><h2>Catégories</h2><ul><li><a href="/index.php?category/Urbanisme">Urbanisme</a></li><li><a href="/index.php?category/Ecole">École</a></li></ul></div></div><div id="blogextra"><h2>Archives</h2><ul>{months}</ul><div class="syndicate"><h2>S'abonner</h2><ul><li><a class="feed" href="/index.php?feed/atom" title="Fil Atom des billets">Fil des billets</a></li><li><a class="feed" href="/index.php?feed/atom/comments">Fil des commentaires</a></li></ul></div></div></div></div></body></html>"""
    return Site("dotclear", base + "/", {"/": home, "/index.php?feed/atom": atom(news, link), "/index.php?feed/atom/comments": atom(posts(4, 50), lambda p: f"{link(p)}#c{p.n}")},
                {("feed", base + "/index.php?feed/atom"), ("listing", base + "/")}, {link(p) for p in news})  # fmt: skip


def blog_folder() -> Site:
    """A co-operative's hand-made pages; « Le fil » is a WordPress in a folder, and only its own pages say so."""
    news, base = posts(10, 1), "http://www.cooperative-qb.example"
    link = lambda p: f"{base}/fil/{p.slug}/"
    home = """<!doctype html><html lang="fr"><head><meta charset="utf-8"><title>La coopérative</title></head><body><div id="haut"><a href="cooperative.html">La coopérative</a> <a href="energie.html">L'énergie du village</a> <a href="fil/">Le fil</a> <a href="rejoindre.html">Nous rejoindre</a></div><h1>L'énergie de chez nous</h1><p>Depuis 2012.</p></body></html>"""
    item = lambda p: f"""<article id="post-{p.n}" class="post-{p.n} post type-post status-publish"><header class="entry-header"><h2 class="entry-title"><a href="{link(p)}" rel="bookmark">{text(p.title)}</a></h2><span class="posted-on"><a href="{link(p)}"><time class="entry-date published" datetime="{p.iso}">{p.day}</time></a></span></header></article>"""  # fmt: skip
    fil = f"""<!DOCTYPE html><html lang="fr-FR"><head><meta charset="UTF-8"><link rel="alternate" type="application/rss+xml" title="Le fil &raquo; Flux" href="{base}/fil/feed/" /><link rel="stylesheet" href="{base}/fil/wp-content/themes/x/style.css"><title>Le fil</title></head><body class="home blog"><main>{each(item, news)}</main></body></html>"""
    plain = "<html><title>La coopérative</title><h1>La coopérative</h1><p>Nos statuts et nos toits.</p></html>"
    return Site("blog-folder", base + "/", {"/": home, "/fil/": fil, "/fil/feed/": rss(news, link), "/cooperative.html": plain, "/energie.html": plain, "/rejoindre.html": plain},
                {("feed", base + "/fil/feed/"), ("listing", base + "/fil/")}, {link(p) for p in news})  # fmt: skip


def reports() -> Site:
    """A chamber of accounts: its news are reports; the list shows a tag, a title that is a link and « Publié le »."""
    news, base = posts(10, 1), "http://chambre-qc.example"
    link = lambda p: f"/fr/rapports/{p.slug}"
    item = lambda p: f"""<li class="views-row"><div class="teaser"><span class="tag">Communes</span><h3><a href="{link(p)}" hreflang="fr">{text(p.title)}</a></h3><p class="chapo">La chambre a contrôlé les comptes.</p><span class="date">Publié le {p.when:%d.%m.%Y}</span></div></li>"""  # fmt: skip

    def page(main, title):
        return f"""<!DOCTYPE html><html lang="fr"><head><meta charset="utf-8"><title>{title} | Chambre des comptes</title></head><body><header><nav class="menu"><ul><li><a href="/fr/nous-connaitre">Nous connaître</a></li><li><a href="/fr/rapports">Rapports et avis</a></li><li><a href="/fr/recrutement">Rejoignez-nous</a></li><li><a href="/fr/nos-missions">Nos missions</a></li><li><a href="/fr/saisir">Signaler une irrégularité</a></li></ul></nav></header><main>{main}</main><footer><a href="/fr/mentions-legales">Mentions légales</a></footer></body></html>"""

    return Site("reports", base + "/", {"/": page('<h1>Bienvenue</h1><a href="/fr/nos-missions">Nos missions</a>', "Accueil"), "/fr/rapports": page(f"<h1>Rapports et avis</h1><ul>{each(item, news)}</ul>", "Rapports"), "/fr/nous-connaitre": page("<h1>Nous connaître</h1>", "Nous"), "/fr/nos-missions": page("<h1>Missions</h1>", "Missions"), "/fr/recrutement": page(agenda("/fr/offre/"), "Postes"), "/fr/saisir": page("<h1>Signaler</h1>", "Signaler")},
                {("listing", base + "/fr/rapports")}, {base + link(p) for p in news})  # fmt: skip


def slogan() -> Site:
    """A town whose agency names the sections by slogans: the news are « Ça bouge », the twelfth link of the menu."""
    news, base = posts(9, 1), "http://www.ville-qd.example"
    link = lambda p: f"/ca-bouge/{p.slug}"
    item = lambda p: f"""<a class="vignette" href="{link(p)}"><img src="/v/{p.n}.jpg" alt=""><em>{p.day}</em><strong>{text(p.title)}</strong></a>"""  # fmt: skip
    names = ("Grandir ici", "Se bouger", "Se cultiver", "Habiter", "Entreprendre", "Bien vieillir", "Être aidé", "Décider", "Respirer", "Se déplacer", "Découvrir", "Ça bouge")  # fmt: skip

    def page(main, title):
        slug = lambda name: name.lower().replace(" ", "-").replace("ê", "e").replace("é", "e").replace("ç", "c")
        menu = "".join(f'<li><a href="/{slug(name)}">{name}</a></li>' for name in names)
        return f"""<!doctype html><html lang="fr"><head><meta charset="utf-8"><title>{title} – Quévert</title></head><body><nav><ul>{menu}</ul></nav><main>{main}</main></body></html>"""

    return Site("slogan", base + "/", {"/": page("<h1>Quévert</h1>", "Accueil"), "/ca-bouge": page(f'<h1>Ça bouge</h1><div class="vignettes">{each(item, news)}</div>', "Ça bouge")} | {f"/{name}": page(f"<h1>{name}</h1><p>Le service.</p>", name) for name in ("grandir-ici", "se-bouger", "se-cultiver", "habiter")},
                {("listing", base + "/ca-bouge")}, {base + link(p) for p in news})  # fmt: skip


def front_page() -> Site:
    """A pure player without a feed: the front page is all there is, each section's articles in a block of its own class."""
    news, base = posts(16, 40_016, titles=[f"{t} {n}" for n, t in enumerate(TITLES * 2)]), "http://gazette-qe.example"
    link = lambda p: f"/{SHAPES[p.n % 4]}/{p.slug}-{p.n}"
    item = lambda p: f"""<article class="une une-{SHAPES[p.n % 4]}"><a href="{link(p)}"><figure><img src="/i/{p.n}.jpg" alt=""></figure></a><h3><a href="{link(p)}">{text(p.title)}</a></h3><time datetime="{p.iso}">{p.slashed}</time></article>"""  # fmt: skip
    blocks = "".join(
        f'<section class="bloc bloc-{shape}"><h2><a href="/{shape}">{shape.title()}</a></h2>{each(item, [p for p in news if SHAPES[p.n % 4] == shape])}</section>'
        for shape in SHAPES
    )
    home = f"""<!doctype html><html lang="fr"><head><meta charset="utf-8"><title>La Gazette</title></head><body><header><nav><a href="/politique">Politique</a><a href="/sport">Sport</a><a href="/culture">Culture</a><a href="/economie">Économie</a><a href="/abonnement">S'abonner</a></nav></header><main>{blocks}</main></body></html>"""
    return Site("front-page", base + "/", {"/": home}, {("listing", base + "/")}, {base + link(p) for p in news})


def by_year() -> Site:
    """An agency's newsroom with a filter by year; a card is a link with a `<time>` and a title, and a PDF beside it."""
    news, base = posts(9, 1), "http://www.agence-qf.example"
    link = lambda p: f"/fr/espace-medias/{p.slug}"
    item = lambda p: f"""<div class="c-release"><a class="c-release__link" href="{link(p)}"><time datetime="{p.when:%Y-%m-%d}">{p.short}</time><span class="c-release__title">{text(p.title)}</span></a><a class="c-release__file" href="/media/{p.n}/download?inline" aria-label="Télécharger {text(p.title)} (PDF, 210 ko)"><svg></svg></a></div>"""  # fmt: skip
    years = "".join(
        f'<a class="c-chip" href="/fr/espace-medias?annee={year}">{year}</a>' for year in range(2025, 2014, -1)
    )

    def page(main, title):
        return f"""<!doctype html><html lang="fr"><head><meta charset="utf-8"><title>{title} | Agence</title></head><body><header><nav><ul><li><a href="/fr/agence">L'agence</a></li><li><a href="/fr/aides">Nos aides</a></li></ul></nav></header><main>{main}</main><footer><ul><li><a href="/fr/espace-medias">Médias</a></li><li><a href="/fr/contact">Contact</a></li><li><a href="/en">English</a></li></ul></footer></body></html>"""

    return Site("by-year", base + "/", {"/": page("<h1>L'agence</h1>", "Accueil"), "/fr/espace-medias": page(f'<div class="chips">{years}</div><div class="list">{each(item, news)}</div>', "Médias"), "/fr/agence": page("<h1>L'agence</h1>", "L'agence"), "/fr/aides": page("<h1>Aides</h1>", "Aides")},
                {("listing", base + "/fr/espace-medias")}, {base + link(p) for p in news})  # fmt: skip


def term_feed() -> Site:
    """Drupal: « En direct de la mairie » is a term; an icon on its page leads to the term's feed, that of the site is empty."""
    news, base = posts(10, 712), "http://www.mairie-qg.example"
    link = lambda p: f"{base}/node/{p.n}"
    item = lambda p: f"""<div class="node node-type-page"><h2><a href="/node/{p.n}" title="{text(p.title)}">{text(p.title)}</a></h2><div class="content"><p>Le conseil…</p></div><ul class="links"><li><a href="/node/{p.n}">Lire la suite</a></li></ul></div>"""  # fmt: skip

    def page(main, title):
        return f"""<!DOCTYPE html><html lang="fr"><head><meta charset="utf-8"><link rel="alternate" type="application/rss+xml" title="Mairie RSS" href="{base}/rss.xml"><style>@import "/sites/default/files/a.css";</style><title>{title} | Mairie</title></head><body><ul class="menu"><li class="leaf"><a href="/taxonomy/term/3">En direct de la mairie</a></li><li class="leaf"><a href="/taxonomy/term/4">Équipements</a></li><li class="leaf"><a href="/node/2">Le village</a></li></ul><div id="content">{main}</div></body></html>"""

    icon = '<a href="/taxonomy/term/3/feed" class="feed-icon"><img src="/misc/feed.png" alt="S\'abonner à RSS - En direct"></a>'
    rooms = posts(6, 90, titles=("La salle des fêtes", "Le stade", "La halle"))
    return Site("term-feed", base + "/", {"/": page("<h1>Bienvenue</h1>", "Accueil"), "/rss.xml": rss([], link), "/taxonomy/term/3": page(each(item, news) + icon, "En direct"), "/taxonomy/term/3/feed": rss(news, link), "/taxonomy/term/4": page(each(item, rooms), "Équipements"), "/node/2": page("<h1>Le village</h1>", "Village")},
                {("feed", base + "/taxonomy/term/3/feed"), ("listing", base + "/taxonomy/term/3")}, {link(p) for p in news})  # fmt: skip


def acts() -> Site:
    """A prefecture's register of acts: a page for this year, links to PDFs whose words are a number and a day."""
    news, base = posts(12, 104), "http://www.prefecture-qh.example"
    link = lambda p: f"/contenu/telechargement/{40_000 + p.n}/{300_000 + p.n}/file/recueil-{p.when:%Y}-{p.n:03}.pdf"
    item = lambda p: f"""<li><a class="fr-link fr-link--download" href="{link(p)}">Recueil n° {p.when:%Y}-{p.n} du {p.day} <span class="fr-link__detail">PDF – 2,31 Mo</span></a></li>"""  # fmt: skip

    def page(main, title):
        return f"""<!DOCTYPE html><html lang="fr" data-fr-scheme="light"><head><meta charset="utf-8"><title>{title} - Les services de l'État</title></head><body><header class="fr-header"><nav class="fr-nav"><ul><li><a class="fr-nav__link" href="/Services-de-l-Etat">Services de l'État</a></li><li><a class="fr-nav__link" href="/Demarches">Démarches</a></li><li><a class="fr-nav__link" href="/Publications">Publications</a></li></ul></nav></header><main>{main}</main></body></html>"""

    folder = "/Publications/Recueil-des-actes-administratifs"
    years = "".join(
        f'<div class="fr-card"><h2 class="fr-card__title"><a href="{folder}/{year}">{year}</a></h2></div>'
        for year in range(2025, 2018, -1)
    )
    return Site("acts", base + "/", {"/": page("<h1>La préfecture</h1>", "Accueil"), "/Publications": page(f'<div class="fr-card"><h2><a href="{folder}">Recueil des actes administratifs</a></h2></div><div class="fr-card"><h2><a href="/Publications/Annonces-legales">Annonces légales</a></h2></div>', "Publications"), folder: page(years, "Recueil"), f"{folder}/2025": page(f"<ul>{each(item, news)}</ul>", "2025"), "/Publications/Annonces-legales": page("<p>Il n'y a rien.</p>", "Annonces")},
                {("listing", f"{base}{folder}/2025"), ("archive", f"{base}{folder}/%Y"), ("page", f"{base}{folder}/2025")}, {base + link(p) for p in news})  # fmt: skip


def shell() -> Site:
    """A metropolis's site made by scripts, its pages empty; a sitemap that robots.txt does not name, news in /actus/."""
    news, base = posts(12, 1), "http://www.metropole-qi.example"
    link = lambda p: f"{base}/actus/{p.slug}"
    home = """<!doctype html><html lang="fr"><head><meta charset="utf-8"><title>Métropole</title><script type="module" src="/assets/index-4f2a.js"></script></head><body><noscript>Activez JavaScript</noscript><div id="app"></div></body></html>"""
    others = [(f"{base}/services/{name}", "2025-01-02") for name in ("eau", "dechets", "velo", "voirie", "habitat")]
    every = [
        (base + "/", "2025-04-10"),
        *others,
        (base + "/actus", "2025-04-10"),
        *((link(p), f"{p.when:%Y-%m-%d}") for p in news),
    ]
    return Site("shell", base + "/", {"/": home, "/sitemap.xml": urlset(every)},
                {("sitemap", base + "/sitemap.xml")}, {link(p) for p in news})  # fmt: skip


def labelled() -> Site:
    """Cards whose only link is the picture, without words: the title is its `aria-label`, and a text below."""
    news, base = posts(9, 1), "http://www.agglo-qj.example"
    link = lambda p: f"/a-la-une/{p.slug}/"
    item = lambda p: f"""<li class="grid__item"><div class="tile"><a class="tile__picture" href="{link(p)}" aria-label="{text(p.title)}"><img src="/t/{p.n}.webp" alt="" loading="lazy"></a><div class="tile__body"><p class="tile__title">{text(p.title)}</p><p class="tile__meta">{p.when.day} {MONTHS[p.when.month - 1].upper()} {p.when.year}</p></div></div></li>"""  # fmt: skip

    def page(main, title):
        return f"""<!doctype html><html lang="fr"><head><meta charset="utf-8"><title>{title} - Agglo</title></head><body><nav class="main-nav"><ul><li><a href="/agglo/">L'agglo</a></li><li><a href="/a-la-une/">À la une</a></li><li><a href="/sortir/">Sortir</a></li><li><a href="/services/">Services</a></li></ul></nav><main>{main}</main></body></html>"""

    return Site("labelled", base + "/", {"/": page("<h1>L'agglo</h1>", "Accueil"), "/a-la-une/": page(f'<ul class="grid">{each(item, news)}</ul>', "À la une"), "/sortir/": page(agenda("/sortir/"), "Sortir"), "/services/": page("<h1>Services</h1>", "Services")},
                {("listing", base + "/a-la-une/")}, {base + link(p) for p in news})  # fmt: skip


SITES = (dotclear, blog_folder, reports, slogan, front_page, by_year, term_feed, acts, shell, labelled)  # fmt: skip
