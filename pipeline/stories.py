"""Articles on one matter, and what a story says of itself: « 5 titres, 2 textes indépendants, le premier : … ».

A matter is a looser link than a reprint: the same places, the same topics, and words that few other articles have,
within weeks of one another. Names, acronyms and numbers are such words; how rare they are is counted among the
articles that are given, so these should be all that are tagged. Pure: no clock is read, and no order is seen.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import combinations
from math import log

from pipeline.areas import name_key, place_name
from pipeline.french import MONTHS, NBSP, PARIS, plural

WEEKS = timedelta(weeks=4)
RARE = 50  # texts; a word that stands in more brings no two of them together
KNOWN = 200  # texts that are supposed to have been read before the first, so that few are not all rare
ENOUGH = 3.0  # rare words and topics in common, where place and topic are the same
MORE = 4.0  # where one of the two is, and the other is not known of one article
TIED = 1 / 3  # of the pairs between two groups, to make them one matter
SURVEY = 4  # communes; an article about more is about none of them

_SENTENCE = re.compile(r"(?<=[.!?…:»])(?<!\b[A-Z]\.)\s+|\n+|[«“]\s*")
_WORD = re.compile(r"[^\W_]+(?:[-‐'’&][^\W_]+)*")
_ELISION = re.compile(r"^(?:[ldjmnstc]|qu|lorsqu|jusqu|puisqu)['’](?=.)", re.IGNORECASE)
_THOUSANDS = re.compile(r"(?<=\d)[ \u00a0\u202f](?=\d{3}(?!\d))")
_NO_NAMES = frozenset((*MONTHS, "lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche", "mme", "mlle",
                       "le", "la", "les", "un", "une", "et", "ce", "il", "elle", "on", "nous"))  # fmt: skip
_NO_PAIRS = frozenset(name_key(
    "pour dans avec cette ceux celle celui sont etre etait avoir avait avons ont plus moins leur leurs elle elles mais"
    " comme tout tous toute toutes entre depuis sans sous ainsi aussi fait faire deux trois apres avant selon quand"
    " dont nous vous votre notre encore meme autre autres chaque pendant jusqu lors sera seront peut doit bien tres"
    " alors donc parce contre vers chez ces ses est par sur"
).split())  # fmt: skip


@dataclass(frozen=True, slots=True)
class Told:
    """A tagged article: `words` are `telling_words` of its title and text; `text_id` names its text (reprints.Fold)."""

    article_id: str
    text_id: str
    at: datetime
    topics: frozenset[str]
    places: frozenset[str]
    words: frozenset[str]


@dataclass(frozen=True, slots=True)
class Title:
    """One article of a story, to be counted. `published_at` at midnight in Paris: only the day is known."""

    article_id: str
    text_id: str
    source_name: str
    owner: str
    published_at: datetime | None
    first_seen_at: datetime
    agencies: tuple[str, ...] = ()


def telling_words(title: str, text: str) -> frozenset[str]:
    """What few articles have in common: names, acronyms, numbers (no years), and pairs of words: `cameras mobiles`.

    A pair is two words of four letters at least, in lower case, that follow one another but for common ones.
    """
    words: set[str] = set()
    for sentence in _SENTENCE.split(_THOUSANDS.sub("", f"{title}\n{text}")):
        before = ""
        for place, found in enumerate(_WORD.finditer(sentence)):
            word = _ELISION.sub("", found[0])
            name = name_key(word)
            capital = (word[:1].isupper() and (place > 0 or word != found[0])) or sum(map(str.isupper, word)) > 1
            if capital or word.isdigit():
                telling = len(name) > 1 and not (word.isdigit() and (len(word) < 4 or 1900 <= int(word) <= 2100))
                words |= {name.replace(" ", "-")} if telling and name not in _NO_NAMES else set()
                before = ""
            elif len(name) > 3 and name not in _NO_PAIRS:
                words |= {f"{before} {name}"} if before else set()
                before = name
    return frozenset(words)


_SAID = ("topics", "places", "words")


class _Texts:
    """What the articles that print one text say together, and how rare their words are among all texts."""

    def __init__(self, articles: Iterable[Told]) -> None:
        prints: defaultdict[str, list[Told]] = defaultdict(list)
        for one in {one.article_id: one for one in articles}.values():
            prints[one.text_id].append(one)
        self.told = sorted((_as_one(found) for found in prints.values()), key=lambda one: (one.at, one.text_id))
        self.count = Counter(word for one in self.told for word in one.words)
        self._most = log((len(self.told) + KNOWN) / 3)

    def weight(self, word: str) -> float:
        """1 for what two texts have, less the more have it; half of that for a pair of words."""
        rare = log((len(self.told) + KNOWN) / (self.count[word] + 1)) / self._most
        return rare / 2 if " " in word else rare

    def pairs(self) -> set[tuple[int, int]]:
        """Those within WEEKS that have a rare word in common, by their places in `told`."""
        having: defaultdict[str, list[int]] = defaultdict(list)
        for place, one in enumerate(self.told):
            for word in one.words:
                if 1 < self.count[word] <= RARE:
                    having[word].append(place)
        return {
            (one, other)
            for places in having.values()
            for one, other in combinations(places, 2)
            if self.told[other].at - self.told[one].at <= WEEKS
        }

    def tie(self, one: Told, other: Told) -> float:
        """How much more they have in common than is asked of two articles on one matter; below 0 for two matters."""
        asked = _asked(one, other)
        return sum(map(self.weight, sorted(one.words & other.words))) - asked if asked else -1.0


def _as_one(prints: Sequence[Told]) -> Told:
    first = min(prints, key=lambda one: (one.at, one.article_id))
    topics, places, words = (frozenset[str]().union(*(getattr(one, name) for one in prints)) for name in _SAID)
    names = {name_key(place_name(code).partition(" (")[0]).replace(" ", "-") for code in places}
    said = (words | {f"#{topic}" for topic in topics}) - names
    return Told(first.article_id, first.text_id, first.at, topics, places, said)


def _asked(one: Told, other: Told) -> float:
    """The rare words that are asked for; 0 when no number of them would do."""
    if len(one.places) > SURVEY or len(other.places) > SURVEY:
        return 0.0
    topic = _shared(one.topics, other.topics)
    place = _shared(one.places, other.places)
    if topic is False or place is False or not (topic or place):
        return 0.0
    return ENOUGH if topic and place else MORE


def _shared(one: frozenset[str], other: frozenset[str]) -> bool | None:
    """Whether two sets have something in common; None when one is empty, and nothing can be said."""
    return bool(one & other) if one and other else None


def matters(articles: Iterable[Told]) -> dict[str, str]:
    """Article id → story id: that of the story's earliest article, by time and then by id; its own when alone."""
    given = list(articles)
    texts = _Texts(given)
    ties: defaultdict[int, set[int]] = defaultdict(set)
    strength: dict[tuple[int, int], float] = {}
    for one, other in texts.pairs():
        if (tie := texts.tie(texts.told[one], texts.told[other])) >= 0:
            strength[one, other] = tie
            ties[one].add(other)
            ties[other].add(one)
    group = {place: [place] for place in range(len(texts.told))}
    for one, other in sorted(strength, key=lambda pair: (-strength[pair], pair)):
        ours, theirs = group[one], group[other]
        if ours is not theirs and _tied(ours, theirs, ties, texts.told):
            joined = sorted((*ours, *theirs))
            group.update(dict.fromkeys(joined, joined))
    story = {texts.told[place].text_id: texts.told[places[0]].article_id for place, places in group.items()}
    return {one.article_id: story[one.text_id] for one in given}


def _tied(ours: Sequence[int], theirs: Sequence[int], ties: Mapping[int, set[int]], told: Sequence[Told]) -> bool:
    """Whether enough of the pairs between two groups are tied, of those that are near enough in time to be."""
    few, many = sorted((ours, theirs), key=len)
    members, times = set(many), [told[place].at for place in many]
    tied = sum(len(ties[place] & members) for place in few)
    possible = sum(
        bisect_right(times, told[place].at + WEEKS) - bisect_left(times, told[place].at - WEEKS) for place in few
    )
    return tied >= TIED * possible


def summary(titles: Iterable[Title], now: datetime | None = None) -> str:
    """« 5 titres, 2 textes indépendants, le premier : Médiacités, le 21 novembre à 6 h », in French.

    A title is a name of a source; a text is independent when no other holds it. The year is said when it is not
    `now`'s. What nobody dates is « vu le … ». The first is the earliest, by time and then by id.
    """
    found = sorted(titles, key=lambda title: (title.published_at or title.first_seen_at, title.article_id))
    names, texts = {title.source_name for title in found}, {title.text_id for title in found}
    parts = ["un seul titre" if len(names) == 1 else plural(len(names), "titre")]
    if len(texts) > 1:
        parts.append(plural(len(texts), "texte indépendant", "textes indépendants"))
    elif len(found) > 1:
        parts.append("un seul texte")
    credited = sorted({agency for title in found for agency in title.agencies})
    if len(texts) == 1 and credited:
        parts[-1] += f" ({', '.join(credited)})"
    first = found[0]
    parts += ["le premier"] if len(found) > 1 else []
    line = f"{', '.join(parts)}{NBSP}: {first.source_name}, {_when(first, now)}"
    return line[0].upper() + line[1:]


def owners(titles: Iterable[Title]) -> Iterator[tuple[str, int]]:
    """The owner groups that have several of the titles, and how many, the largest first."""
    count = Counter(owner for _, owner in {(title.source_name, title.owner) for title in titles} if owner)
    yield from sorted(((owner, n) for owner, n in count.items() if n > 1), key=lambda pair: (-pair[1], pair[0]))


def _when(title: Title, now: datetime | None) -> str:
    local = (title.published_at or title.first_seen_at).astimezone(PARIS)
    day = "1er" if local.day == 1 else str(local.day)
    year = f" {local.year}" if now is None or local.year != now.astimezone(PARIS).year else ""
    date = f"{'' if title.published_at else 'vu '}le {day}{NBSP}{MONTHS[local.month - 1]}{year}"
    if (local.hour, local.minute, local.second) == (0, 0, 0):
        return date
    minutes = f"{NBSP}{local.minute:02d}" if local.minute else ""
    return f"{date} à {local.hour}{NBSP}h{minutes}"
