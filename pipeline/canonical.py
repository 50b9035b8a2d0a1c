"""One address for one article: what an address is once its variants are taken away. Pure functions, no network."""

from __future__ import annotations

import re
from urllib.parse import unquote, urljoin, urlsplit

# Sites that moved: the old addresses still circulate in feeds, archives and links.
MOVED = {
    "francetvinfo.fr": "franceinfo.fr",
    "francebleu.fr": "ici.fr",
    "nextinpact.com": "next.ink",
    "bastamag.net": "basta.media",
}
_FRONTS = ("www.", "amp.", "m.", "mobile.")
_TRACKERS = re.compile(
    r"utm_\w+|mtm_\w+|hsa_\w+|oly_\w+|(pk|piwik|matomo)_(campaign|kwd|keyword|source|medium|content|cid)|"
    r"at_(medium|campaign|source|custom\d|variant|creation|format|network|link|platform|emailtype|term|send_date|ptr_name)|"
    r"ns_(source|campaign|mchannel|linkname|fee)|mc_(cid|eid)|wt_z?mc|stm_\w+|_hs\w+|_ga|_gl|"
    r"xtor|xtref|xts|xtcr|xtmc|xtnp|xtdt|xt_\w+|fb(clid|_action_ids|_action_types|_ref|_source)|"
    r"gclid|gclsrc|dclid|gbraid|wbraid|msclkid|yclid|twclid|ttclid|igshid|igsh|srsltid|cmpid|ncid|icid|vero_id|mkt_tok|"
    r"s_cid|echobox|__twitter_impression|phpsessid|jsessionid|amp",
    re.IGNORECASE,
)
_AMP_VALUE = re.compile(r"(outputtype|output|view|format|type|mode|tpl|version)=amp", re.IGNORECASE)
_AMP_CACHE = re.compile(r"/(?:amp|[a-z])/(s/)?([^/]+\.[^/]+)(/.*)?$")
_SESSION = re.compile(r";jsessionid=[^/;?#]*", re.IGNORECASE)
_ESCAPE = re.compile(r"%([0-9a-fA-F]{2})")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_HOME = re.compile(r"(/[a-z]{2})?(/(accueil|home|index|default)(\.[a-z]+)?)?", re.IGNORECASE)
_NUMBER = re.compile(r"\d{5,}")
_WORD = re.compile(r"[^\W\d_]{3,}")


def canonical_url(url: str) -> str:
    """The one address of all the variants of `url`; the same for its own result.

    Gone are the scheme's variant (always https), www. and mobile fronts, moved hosts, default ports, credentials,
    tracking parameters, AMP, fragments, the final slash and needless escapes. What names the article stays: path
    (case included) and meaningful parameters such as `?p=123`, `?param=ID` or SPIP's `?article8532`.
    What is not an http address is returned stripped and otherwise as it is.
    """
    url = "".join(char for char in url.strip() if char >= " " and not "\x7f" <= char <= "\x9f")
    url = url.encode("utf-8", "replace").decode()
    try:
        parts = urlsplit(url)
        host, port = _host(parts.hostname or ""), parts.port
    except ValueError:
        return url
    if parts.scheme not in ("http", "https") or not host:
        return url
    if cached := _amp_cached(host, parts.path):
        return canonical_url(cached + (f"?{parts.query}" if parts.query else ""))
    authority = host if port in (None, 80, 443) else f"{host}:{port}"
    query = _query(parts.query)
    fragment = f"#{_escaped(parts.fragment)}" if parts.fragment.startswith(("!", "/")) else ""
    return f"https://{authority}{_path(parts.path)}{'?' + query if query else ''}{fragment}"


def _host(host: str) -> str:
    """The host in lower case and ASCII, without its front, at its present name."""
    host = host.lower().rstrip(".")
    try:
        host = host.encode("idna").decode() if not host.isascii() else host
    except UnicodeError:
        host = _escaped(host)
    if ":" in host:
        return f"[{host}]"
    while True:
        front = next((one for one in _FRONTS if host.startswith(one) and "." in host[len(one) :]), "")
        if not front:
            break
        host = host[len(front) :]
    for old, new in MOVED.items():
        if host == old or host.endswith("." + old):
            return host[: -len(old)] + new
    return host


def _amp_cached(host: str, path: str) -> str:
    """The article's own address when this is a search engine's AMP copy of it; empty when it is not."""
    if host.endswith(".cdn.ampproject.org") or (
        re.fullmatch(r"google\.[a-z.]{2,6}", host) and path.startswith("/amp/")
    ):
        found = _AMP_CACHE.match(path)
        return f"https://{found[2]}{found[3] or ''}" if found else ""
    return ""


def _path(path: str) -> str:
    """The path without dots, doubled slashes, session, AMP marks and final slash; empty for the home page."""
    kept: list[str] = []
    for segment in _escaped(_SESSION.sub("", path)).split("/"):
        if segment == "..":
            del kept[-1:]
        elif segment not in ("", "."):
            kept.append(segment)
    before = None
    while kept and kept != before:
        before = list(kept)
        if len(kept) > 1 and kept[0].lower() == "amp":
            del kept[0]
        if len(kept) > 1 and kept[-1].lower() in ("amp", "amp.html"):
            del kept[-1]
        kept[-1] = re.sub(r"(?<=.)\.amp(?=\.html?$|$)", "", kept[-1], flags=re.IGNORECASE)
    return "".join("/" + segment for segment in kept)


def _query(query: str) -> str:
    """The parameters that may name the article, ordered by name."""
    pieces = [piece for piece in query.replace("&amp;", "&").split("&") if piece.strip("=")]
    kept = [
        _escaped(piece)
        for piece in pieces
        if not _TRACKERS.fullmatch(unquote(piece.partition("=")[0])) and not _AMP_VALUE.fullmatch(piece)
    ]
    return "&".join(sorted(kept, key=lambda piece: piece.partition("=")[0]))


def _escaped(text: str) -> str:
    """Escapes made uniform: none where a character needs none, capitals elsewhere, UTF-8 for what is not ASCII."""

    def one(found: re.Match[str]) -> str:
        char = chr(int(found[1], 16))
        return char if char in _UNRESERVED else found[0].upper()

    text = _ESCAPE.sub(one, text)
    text = re.sub(r"%(?![0-9A-F]{2})", "%25", text)
    return "".join(
        char if "!" <= char <= "~" and char not in '"<>\\^`{|}' else "".join(f"%{byte:02X}" for byte in char.encode())
        for char in text
    )


def page_canonical(url: str, declared: str | None) -> str:
    """The canonical address of a page, by what it declares (`rel=canonical`, `og:url`) when that is sane.

    Not believed: another host (but for www. and known moves), the home page, a section above the page, an address
    that drops the parameter by which the page was asked for, and the address of what seems another article.
    """
    own = canonical_url(url)
    if not declared or not declared.strip():
        return own
    try:
        other = canonical_url(urljoin(url, declared.strip()))
        mine, theirs = urlsplit(own), urlsplit(other)
    except ValueError:
        return own
    if other == own or theirs.scheme != "https" or mine.scheme != "https" or theirs.netloc != mine.netloc:
        return own
    if not theirs.path and not theirs.query:
        return own
    names = _names_an_article(theirs.path)
    if (mine.path + "/").startswith(theirs.path + "/") and not theirs.query and not names:
        return own
    return own if _differ(mine.path + "?" + mine.query, theirs.path + "?" + theirs.query) else other


def leads_up(asked: str, reached: str) -> bool:
    """Whether a redirect led from a page to what stands above it: the home page by any name, or a section.

    That is how many sites answer for a page that they took away.
    """
    one, other = urlsplit(canonical_url(asked)), urlsplit(canonical_url(reached))
    if not other.query and _HOME.fullmatch(other.path):
        return bool(one.query or not _HOME.fullmatch(one.path))
    above = one.netloc == other.netloc and one.path.startswith(other.path + "/") and not other.query
    return above and not _names_an_article(other.path)


def _names_an_article(path: str) -> bool:
    """Whether a path's last segment looks like an article's: a number, or several words, and not a script."""
    last = path.rsplit("/", 1)[-1]
    if re.search(r"\.(php\d?|aspx?|jsp|cgi|do|cfm|pl)$", last, re.IGNORECASE):
        return bool(re.search(r"\d{3}", last)) or last.count("-") >= 2
    return bool(re.search(r"\d{3}", last)) or last.count("-") >= 2 or last.count("_") >= 2


def _differ(one: str, other: str) -> bool:
    """Whether two addresses name two articles: their numbers have none in common, or their words hardly any."""
    numbers = set(_NUMBER.findall(one)), set(_NUMBER.findall(other))
    if numbers[0] and numbers[1]:
        return not numbers[0] & numbers[1]
    words = [set(_WORD.findall(unquote(address.rsplit("/", 1)[-1]).lower())) for address in (one, other)]
    if min(map(len, words)) < 3:
        return False
    return len(words[0] & words[1]) * 3 < min(map(len, words))
