"""Ten more sites, written when all others were found: what the measure of the second round stands on."""

# ruff: noqa: E731, ANN (the lines of the pages they stand for; one-line addresses)
from __future__ import annotations

from tests.sites import Site, atom, each, index, posts, rss, text, urlset
from tests.sites.cms import agenda


def stretched() -> Site:
    """Bootstrap cards: the title is a heading, the link an empty one that covers the card."""
    news, base = posts(9, 1), "http://www.ville-ma.example"

    def card(p):
        return f"""<div class="col-12 col-md-4 mb-4"><div class="card h-100 shadow-sm"><img src="/i/{p.n}.jpg" class="card-img-top" alt=""><div class="card-body"><span class="badge bg-primary">Travaux</span><h5 class="card-title">{text(p.title)}</h5><p class="card-text"><small class="text-muted">{p.slashed}</small></p><a href="/actualite/{p.n}" class="stretched-link"></a></div></div></div>"""

    def page(main, title):
        return f"""<!doctype html><html lang="fr"><head><meta charset="utf-8"><title>{title} - Mazamet</title></head><body><nav class="navbar navbar-expand-lg"><ul class="navbar-nav"><li class="nav-item"><a class="nav-link" href="/mairie">Mairie</a></li><li class="nav-item"><a class="nav-link" href="/actualites">Actualités</a></li><li class="nav-item"><a class="nav-link" href="/agenda">Agenda</a></li></ul></nav><main class="container"><div class="row">{main}</div></main><footer class="bg-dark"><a href="/mentions-legales">Mentions légales</a></footer></body></html>"""

    return Site("stretched", base + "/", {"/": page("<h1>Mazamet</h1>", "Accueil"), "/actualites": page(each(card, news), "Actualités"), "/agenda": page(agenda("/agenda/"), "Agenda")},
                {("listing", base + "/actualites")}, {f"{base}/actualite/{p.n}" for p in news})  # fmt: skip


def blogger() -> Site:
    """The blog of a group of the opposition: Atom and RSS of the posts, and of each post's comments."""
    news, base = posts(12, 1), "http://ensemble-mb.example"
    link = lambda p: f"{base}/{p.when:%Y/%m}/{p.slug}.html"
    home = f"""<!DOCTYPE html><html dir="ltr" xmlns:b="http://www.google.com/2005/gml/b"><head><meta content="blogger" name="generator"/><link href="{base}/favicon.ico" rel="icon"/><link rel="alternate" type="application/atom+xml" title="Ensemble pour Mauguio - Atom" href="{base}/feeds/posts/default" /><link rel="alternate" type="application/rss+xml" title="Ensemble pour Mauguio - RSS" href="{base}/feeds/posts/default?alt=rss" />
<title>Ensemble pour Mauguio</title></head><body>{each(lambda p: f'<h2 class="date-header"><span>{p.day}</span></h2><div class="post hentry"><h3 class="post-title entry-title"><a href="{link(p)}">{text(p.title)}</a></h3><div class="post-footer"><a class="comment-link" href="{link(p)}#comment-form">Aucun commentaire:</a></div></div>', news[:7])}
<div class="blog-feeds"><a class="feed-link" href="{base}/feeds/posts/default" type="application/atom+xml">Articles (Atom)</a> <a href="{base}/feeds/comments/default">Commentaires (Atom)</a></div></body></html>"""
    return Site("blogger", base + "/", {"/": home, "/feeds/posts/default": atom(news, link), "/feeds/posts/default?alt=rss": rss(news, link), "/feeds/comments/default": atom(posts(5, 7), lambda p: f"{link(p)}?showComment={p.n}")},
                {("feed", base + "/feeds/posts/default"), ("feed", base + "/feeds/posts/default?alt=rss")}, {link(p) for p in news})  # fmt: skip


def languages() -> Site:
    """Three languages; the English news have the longer list, and the page of the press is an empty one."""
    news, english, base = (
        posts(7, 1),
        posts(12, 1, titles=("Council adopts the budget", "New cameras near the station", "Works on Main Street")),
        "http://www.port-mc.example",
    )

    def item(lang):
        return lambda p: (
            f'<li class="liste__element"><a href="/{lang}/{p.n}-{p.slug}"><span class="liste__titre">{text(p.title)}</span></a> <em>{p.day}</em></li>'
        )

    def page(main, title):
        return f"""<!doctype html><html lang="fr"><head><meta charset="utf-8"><link rel="alternate" hreflang="en" href="{base}/en/"><title>Grand port maritime - {title}</title></head><body><div class="langues"><a href="/en/">English</a><a href="/es/">Español</a></div><div class="entete"><a href="/fr/le-port">Le port et ses terminaux</a><a href="/fr/actualites">Actualités du port</a><a href="/fr/presse">Presse</a><a href="/fr/carrieres">Carrières</a><a href="/en/news">News</a></div><div class="corps">{main}</div></body></html>"""

    return Site("languages", base + "/", {"/": page("<h1>Bienvenue</h1>", "Accueil"), "/fr/actualites": page(f'<ul class="liste">{each(item("fr/actu"), news)}</ul>', "Actualités"), "/fr/presse": page("<p>Contact presse : 01 00 00 00 00</p>", "Presse"), "/en/news": page(f'<ul class="liste">{each(item("en/story"), english)}</ul>', "News"), "/en/": page("Welcome", "Home")},
                {("listing", base + "/fr/actualites")}, {f"{base}/fr/actu/{p.n}-{p.slug}" for p in news})  # fmt: skip


def minutes() -> Site:
    """Nothing but minutes of the council, a page for each year, the PDFs named by their day."""
    acts, old, base = posts(5, 1), posts(9, 1, back=110), "http://www.commune-md.example"
    pdf = lambda p: (
        f'<p><a href="/uploads/pv/PV-{p.ymd}.pdf" target="_blank"><img src="/pdf.png" alt="pdf"> Procès-verbal de la séance du {p.day}</a></p>'
    )

    def page(main, title):
        return f"""<!doctype html><html lang="fr"><head><meta charset="utf-8"><title>{title} | Commune de Monein</title></head><body><div class="nav-principal"><a href="/la-commune">La commune</a><a href="/conseil-municipal">Le conseil municipal</a><a href="/ecoles">Les écoles</a><a href="/commerces">Les commerces</a></div><section>{main}</section></body></html>"""

    council = '<h1>Le conseil municipal</h1><p><a href="/conseil-municipal/elus">Les élus</a></p><p><a href="/conseil-municipal/proces-verbaux-2025">Procès-verbaux 2025</a></p><p><a href="/conseil-municipal/proces-verbaux-2024">Procès-verbaux 2024</a></p>'
    here = f"{base}/conseil-municipal/proces-verbaux"
    return Site("minutes", base + "/", {"/": page("<h1>Monein</h1>", "Accueil"), "/conseil-municipal": page(council, "Conseil"), "/conseil-municipal/proces-verbaux-2025": page(f"<h1>2025</h1>{each(pdf, acts)}", "2025"), "/conseil-municipal/proces-verbaux-2024": page(f"<h1>2024</h1>{each(pdf, old)}", "2024")},
                {("listing", here + "-2025"), ("archive", here + "-%Y")}, {f"{base}/uploads/pv/PV-{p.ymd}.pdf" for p in acts})  # fmt: skip


def k2() -> Site:
    """Joomla with K2: the category's own feed icon, « Lire la suite » buttons, alternate items."""
    news, base = posts(10, 330), "http://www.pays-me.example"
    link = lambda p: f"{base}/actualites/item/{p.n}-{p.slug}"

    def item(p):
        return f"""<div class="itemContainer{" itemContainerLast" if p.n % 2 else ""}" style="width:50.0%;"><div class="catItemView groupLeading"><div class="catItemHeader"><span class="catItemDateCreated">{p.day}</span><h3 class="catItemTitle"><a href="/actualites/item/{p.n}-{p.slug}">{text(p.title)}</a></h3></div><div class="catItemBody"><div class="catItemReadMore"><a class="k2ReadMore" href="/actualites/item/{p.n}-{p.slug}">Lire la suite...</a></div></div><div class="catItemLinks"><span>Publié dans</span> <a href="/actualites">Actualités</a></div></div></div>"""

    def page(main, title):
        return f"""<!DOCTYPE html><html lang="fr-fr"><head><meta charset="utf-8"><base href="{base}/"><meta name="generator" content="Joomla! - Open Source Content Management"><title>{title}</title></head><body><div id="menu"><ul class="menu"><li><a href="/le-pays">Le Pays</a></li><li><a href="/actualites">Actualités</a></li><li><a href="/marches-publics">Marchés publics</a></li></ul></div>{main}</body></html>"""

    listing = f"""<div id="k2Container" class="itemListView"><div class="k2FeedIcon"><a href="/actualites?format=feed" title="S'abonner à ce flux RSS"><span>S'abonner à ce flux RSS</span></a></div><div class="itemList">{each(item, news)}</div></div>"""
    return Site("k2", base + "/", {"/": page("<h1>Le Pays</h1>", "Pays de Mirepoix"), "/actualites": page(listing, "Actualités"), "/actualites?format=feed": rss(news, link), "/index.php?format=feed&type=rss": rss([], link)},
                {("feed", base + "/actualites?format=feed"), ("listing", base + "/actualites")}, {link(p) for p in news})  # fmt: skip


def liferay() -> Site:
    """Liferay: an asset publisher, addresses with `/-/`, edit links and a parameter on each."""
    news, base = posts(10, 1), "http://www.metropole-mf.example"
    item = lambda p: (
        f"""<div class="asset-abstract default-asset-publisher show-asset-title"><div class="pull-right"></div><h4 class="asset-title"><a href="/web/guest/-/{p.slug}?redirect=%2Fweb%2Fguest%2Factualites"><i class="icon-file"></i> {text(p.title)}</a></h4><div class="asset-content"><div class="asset-summary">Résumé <a href="/web/guest/-/{p.slug}?redirect=%2Fweb%2Fguest%2Factualites">Lire la suite<span class="hide-accessible">au sujet de {text(p.title)}</span> »</a></div></div><div class="asset-metadata"><span class="metadata-entry metadata-publish-date">{p.when:%d/%m/%y}</span></div></div>"""
    )

    def page(main, title):
        return f"""<!DOCTYPE html><html class="ltr" dir="ltr" lang="fr-FR"><head><title>{title} - Métropole de Muret</title><meta charset="utf-8"></head><body class="controls-visible"><div id="wrapper"><header id="banner"><nav id="navigation"><ul role="menubar"><li><a href="/web/guest/accueil"><span>Accueil</span></a></li><li><a href="/web/guest/actualites"><span>Toute l'info</span></a></li><li><a href="/web/guest/dechets"><span>Déchets</span></a></li></ul></nav></header><div id="content"><div class="portlet-boundary portlet-asset-publisher">{main}</div></div><footer id="footer"><a href="/web/guest/mentions">Mentions</a></footer></div></body></html>"""

    return Site("liferay", base + "/", {"/": page("<h1>Accueil</h1>", "Accueil"), "/web/guest/actualites": page(each(item, news), "Toute l'info")},
                {("listing", base + "/web/guest/actualites")}, {f"{base}/web/guest/-/{p.slug}?redirect=%2Fweb%2Fguest%2Factualites" for p in news})  # fmt: skip


def aspx() -> Site:
    """ASP.NET: a grid with alternate rows, dates in a cell, pages that are scripts."""
    news, base = posts(10, 45), "http://www.sdis-mg.example"
    rows = "".join(
        f'<tr class="{"AltRow" if i % 2 else "Row"}" style="background-color:{"White" if i % 2 else "#EFF3FB"};"><td style="width:90px;">{p.slashed}</td><td><a id="ctl00_cph_Grid_ctl{i:02}_lnk" href="Communique.aspx?IdCommunique={p.n}">{text(p.title)}</a></td></tr>'
        for i, p in enumerate(news)
    )

    def page(main, title):
        return f"""<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN" ""><html xmlns="http://www.w3.org/1999/xhtml"><head><meta charset="utf-8"><title>{title}</title></head><body><form name="aspnetForm" method="post" action="Default.aspx" id="aspnetForm"><input type="hidden" name="__VIEWSTATE" value="/wEPDwUKLTE" /><div id="ctl00_Menu1"><table><tr><td><a class="ctl00_Menu1_1" href="Default.aspx">Accueil</a></td><td><a href="Organisation.aspx">L'organisation du SDIS</a></td><td><a href="Communiques.aspx">Communiqués de presse</a></td><td><a href="Recrutement.aspx">Recrutement</a></td></tr></table></div>{main}</form></body></html>"""

    grid = f"""<div><table cellspacing="0" id="ctl00_cph_Grid"><tr><th><a href="javascript:__doPostBack('ctl00$cph$Grid','Sort$Date')">Date</a></th><th>Titre</th></tr>{rows}<tr><td colspan="2"><table><tr><td><span>1</span></td><td><a href="javascript:__doPostBack('ctl00$cph$Grid','Page$2')">2</a></td></tr></table></td></tr></table></div>"""
    return Site("aspx", base + "/", {"/": page("<h1>Les pompiers</h1>", "SDIS MG"), "/Communiques.aspx": page(grid, "Communiqués")},
                {("listing", base + "/Communiques.aspx")}, {f"{base}/Communique.aspx?IdCommunique={p.n}" for p in news})  # fmt: skip


def old_prefecture() -> Site:
    """The State's layout before its design system: a feed icon that leads to an empty page, `/(offset)/`, a side menu of years."""
    news, base = posts(10, 1), "http://www.prefecture-mh.example"
    folder = "/Actualites/Communiques-de-presse"
    item = lambda p: (
        f"""<div class="une-actu"><h3><a href="{folder}/{p.slug.capitalize()}" title="{text(p.title)}">{text(p.title)}</a></h3><span class="date">Mis à jour le {p.slashed}</span><p>Le préfet...</p><p class="lire"><a href="{folder}/{p.slug.capitalize()}" title="Lire la suite de l'article : {text(p.title)}">Lire la suite</a></p></div>"""
    )

    def page(main, title):
        return f"""<!DOCTYPE html><html lang="fr"><head><meta charset="utf-8"><title>{title} - Les services de l'État dans le Morbihan</title></head><body><div id="menu_principal"><ul><li class="niv1"><a href="/Services-de-l-Etat">Services de l'État</a></li><li class="niv1"><a href="/Politiques-publiques">Politiques publiques</a></li><li class="niv1"><a href="/Actualites">Actualités</a><ul><li><a href="{folder}">Communiqués de presse</a></li><li><a href="/Actualites/Agenda">Agenda</a></li></ul></li><li class="niv1"><a href="/Publications">Publications</a></li></ul></div>
<div id="fil-ariane"><a href="/">Accueil</a> &gt; {title}</div><div id="contenu"><a href="/rss" class="ico-rss"><img src="/rss.gif" alt="Flux RSS"></a>{main}</div><div id="outils"><a href="/Actualites/Communiques-de-presse/(offset)/10">Suivant</a></div></body></html>"""

    return Site("old-prefecture", base + "/", {"/": page("<h1>Bienvenue</h1>", "Accueil"), "/Actualites": page("<h1>Actualités</h1>", "Actualités"), folder: page(each(item, news), "Communiqués de presse"), "/rss": page("", "Flux")},
                {("listing", base + folder)}, {f"{base}{folder}/{p.slug.capitalize()}" for p in news})  # fmt: skip


def arc() -> Site:
    """A daily on Arc: sitemaps whose addresses end with a slash and a query, no feed shown."""
    news, base = posts(12, 1), "http://www.le-regional-mi.example"
    link = lambda p: f"{base}/vaucluse/{p.slug}-{p.ymd}-ABCD{p.n:04}.php"
    by = {link(p): p for p in news}
    named = lambda u: (
        f"<news:news><news:publication_date>{by[u].iso}</news:publication_date><news:title>{text(by[u].title)}</news:title></news:news>"
    )
    home = f'<!doctype html><html lang="fr"><head><meta charset="utf-8"><title>Le Régional</title></head><body><header class="story-header"><a href="/vaucluse/">Vaucluse</a></header><div id="fusion-app">{each(lambda p: f"<div><a href={link(p)!r}><span>{text(p.title)}</span></a></div>", news[:4])}</div></body></html>'
    outbound = base + "/arc/outboundfeeds"
    return Site("arc", base + "/", {"/": home, "/robots.txt": f"User-agent: *\nDisallow: /pf/\nSitemap: {outbound}/sitemap-index/?outputType=xml\nSitemap: {outbound}/news-sitemap-index/?outputType=xml\n",
                 "/arc/outboundfeeds/news-sitemap-index/?outputType=xml": index([f"{outbound}/news-sitemap/?outputType=xml", f"{outbound}/news-sitemap/?outputType=xml&from=100"]), "/arc/outboundfeeds/sitemap-index/?outputType=xml": index([f"{outbound}/sitemap/2025-04-10?outputType=xml"]),
                 "/arc/outboundfeeds/news-sitemap/?outputType=xml": urlset([(u, by[u].iso) for u in by], named), "/arc/outboundfeeds/news-sitemap/?outputType=xml&from=100": urlset([]), "/arc/outboundfeeds/sitemap/2025-04-10?outputType=xml": urlset([(u, by[u].iso) for u in by])},
                {("sitemap", outbound + "/news-sitemap/?outputType=xml"), ("sitemap", outbound + "/news-sitemap-index/?outputType=xml")}, set(by))  # fmt: skip


def home_only() -> Site:
    """The news stand on the home page only, between services and the agenda; « Tout voir » is made by scripts."""
    news, base = posts(6, 1), "http://www.ville-mj.example"
    actu = lambda p: (
        f'<div class="swiper-slide"><div class="slide-actu"><time datetime="{p.when:%Y-%m-%d}">{p.when.day}<br>{p.short.split()[1]}</time><h3><a href="/detail/{p.n}/{p.slug}">{text(p.title)}</a></h3></div></div>'
    )
    services = "".join(
        f'<li class="service"><a href="/service/{n}"><h3>{name}</h3></a></li>'
        for n, name in enumerate(
            (
                "Prendre rendez-vous pour un passeport",
                "Payer la cantine et le périscolaire",
                "Signaler un dépôt sauvage",
                "Réserver une salle municipale",
                "Consulter le cadastre en ligne",
                "Demander un acte d'état civil",
                "Trouver une place en crèche",
                "S'inscrire sur les listes électorales",
            )
        )
    )
    home = f"""<!doctype html><html lang="fr"><head><meta charset="utf-8"><title>Ville de Millau | Accueil</title></head><body><nav><a href="/ma-ville">Ma ville</a><a href="/mes-loisirs">Mes loisirs</a></nav><main><section class="services"><ul>{services}</ul></section><section class="actus"><h2>Ça se passe à Millau</h2><div class="swiper-wrapper">{each(actu, news)}</div><a href="/actualites">Tout voir</a></section>
<section class="agenda"><h2>Agenda</h2>{agenda("/agenda/")}</section></main></body></html>"""
    empty = '<!doctype html><html lang="fr"><head><meta charset="utf-8"><title>Actualités</title></head><body><nav><a href="/ma-ville">Ma ville</a></nav><div id="app"></div></body></html>'
    return Site("home-only", base + "/", {"/": home, "/actualites": empty}, {("listing", base + "/")}, {f"{base}/detail/{p.n}/{p.slug}" for p in news})  # fmt: skip


SITES = (stretched, blogger, languages, minutes, k2, liferay, aspx, old_prefecture, arc, home_only)
