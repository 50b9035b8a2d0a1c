"""(Prints, likenesses of their texts) → which prints are one text. Pure, and the same in whatever order they come."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations

from pipeline.pages.plain import key
from pipeline.prints.reprints import LEAST, WINDOW, Fold, Likeness, Print

HALF = 0.5


class _Node:
    """Prints of the very same words within WINDOW, in order; a node of the graph whose edges are likenesses."""

    def __init__(self, prints: Sequence[Print]) -> None:
        self.prints = prints
        self.words = prints[0].signature.words
        self.sources = {one.source for one in prints}
        self.name = _order(prints[0])
        self.near: dict[_Node, Likeness] = {}

    @property
    def long_first(self) -> tuple[object, ...]:
        return (-self.words, self.name)


def _order(one: Print) -> tuple[object, ...]:
    return (one.at, one.id)


def fold(prints: Iterable[Print], likenesses: Iterable[Likeness]) -> list[Fold]:
    """Where each article stands, in the order of time. All articles that likenesses join are to be given at once."""
    nodes: defaultdict[str, list[_Node]] = defaultdict(list)
    for node in _nodes(prints):
        nodes[node.prints[0].signature.text_hash].append(node)
    for likeness in likenesses:
        for one in nodes.get(likeness.one, ()):
            for other in nodes.get(likeness.other, ()):
                if _joined(one, other, likeness):
                    one.near[other] = other.near[one] = likeness
    every = [node for same in nodes.values() for node in same]
    for node in sorted(every, key=lambda node: node.long_first):
        _leave_out_excerpts(node)
    folds = [fold for group in _groups(every) for fold in _told(group)]
    when = {one.id: _order(one) for node in every for one in node.prints}
    return sorted(folds, key=lambda fold: when[fold.article_id])


def _nodes(prints: Iterable[Print]) -> Iterator[_Node]:
    same: defaultdict[str, list[Print]] = defaultdict(list)
    for one in {one.id: one for one in prints}.values():
        same[one.signature.text_hash].append(one)
    for found in same.values():
        run: list[Print] = []
        for one in sorted(found, key=_order):
            if run and one.at - run[0].at > WINDOW:
                yield from _trusted(run)
                run = []
            run.append(one)
        yield from _trusted(run)


def _trusted(run: Sequence[Print]) -> Iterator[_Node]:
    """One node, or one for each print when the text tells nothing: too short, or under two titles in one source."""
    titles: defaultdict[str, set[str]] = defaultdict(set)
    for one in run:
        titles[one.source].add(key(one.title))
    if run[0].signature.words < LEAST or any(len(names) > 1 for names in titles.values()):
        yield from (_Node([one]) for one in run)
    else:
        yield _Node(run)


def _joined(one: _Node, other: _Node, likeness: Likeness) -> bool:
    apart = max(one.prints[0].at - other.prints[-1].at, other.prints[0].at - one.prints[-1].at)
    if apart > WINDOW:
        return False
    return likeness.again if one.sources & other.sources else likeness.reprint


def _leave_out_excerpts(node: _Node) -> None:
    """A text that holds several which have nothing in common is a digest of them, and is none of them."""
    parts = [other for other, likeness in node.near.items() if likeness.similarity < HALF and other.words < node.words]
    if any(two not in one.near for one, two in combinations(parts, 2)):
        for other in parts:
            del node.near[other], other.near[node]


def _groups(nodes: Iterable[_Node]) -> Iterator[list[_Node]]:
    """The most alike first; two groups become one when their longest texts are alike, and no source would reprint."""
    group = {node: [node] for node in nodes}
    edges = {(one, other) for one in group for other in one.near if one.long_first < other.long_first}
    for one, other in sorted(edges, key=lambda edge: _strength(*edge)):
        ours, theirs = group[one], group[other]
        if ours is theirs:
            continue
        longest, next_longest = (min(some, key=lambda node: node.long_first) for some in (ours, theirs))
        again = any(a.sources & b.sources and b not in a.near for a in ours for b in theirs)
        if next_longest in longest.near and not again:
            ours += theirs
            group.update(dict.fromkeys(theirs, ours))
    yield from {id(some): some for some in group.values()}.values()


def _strength(one: _Node, other: _Node) -> tuple[object, ...]:
    likeness = one.near[other]
    return (-likeness.similarity, -likeness.shared, one.name, other.name)


def _told(group: Sequence[_Node]) -> Iterator[Fold]:
    first = min((node.prints[0] for node in group), key=_order)
    members = set(group)
    for node in group:
        for one in node.prints:
            if one is first:
                yield Fold(one.id, first.id)
            elif one is not node.prints[0]:
                yield Fold(one.id, first.id, node.prints[0].id)
            else:
                yield _copy(one, node, members, first)


def _copy(one: Print, node: _Node, members: set[_Node], first: Print) -> Fold:
    """The first print of a text that is like an earlier one: of the earlier ones the most alike, or else of all."""
    like = [(other, likeness) for other, likeness in node.near.items() if other in members]
    earlier = [(other, likeness) for other, likeness in like if other.name < node.name] or like
    other, likeness = min(earlier, key=lambda pair: (-pair[1].shared, pair[0].name))
    return Fold(one.id, first.id, other.prints[0].id, round(likeness.containment, 3), round(likeness.similarity, 3))
