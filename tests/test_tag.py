"""The tagger: against brute force, on any Unicode, on hostile input, and on what must never match."""

from __future__ import annotations

import pickle
from functools import cache
from itertools import pairwise
from random import Random

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipeline import tag
from pipeline.letters import SENTENCE, Page, squash
from pipeline.rules import Rules, load_rules
from pipeline.tag import explain, find_mentions

Parts = tuple[tuple[int, int], ...]
LETTERS = "abcdefghijklmnopqrstuvwxyz"
FILLER = [
    "la",
    "ville",
    "de",
    "Lille",
    "a",
    "voté,",
    "hier",
    "soir",
    "un",
    "budget",
    "pour",
    "les",
    "écoles",
    "été",
    "l'air",
]


@cache
def rules() -> Rules:
    return load_rules()


def surfaces(text: str, topic: str) -> list[str]:
    return [m.surface for m in find_mentions(text, rules()) if m.topic == topic]


def osa(a: str, b: str) -> int:
    """Optimal string alignment, straight from its definition."""
    rows = [[i + j if i * j == 0 else 0 for j in range(len(b) + 1)] for i in range(len(a) + 1)]
    for i in range(1, len(a) + 1):
        for j in range(1, len(b) + 1):
            change = rows[i - 1][j - 1] + (a[i - 1] != b[j - 1])
            rows[i][j] = min(rows[i - 1][j] + 1, rows[i][j - 1] + 1, change)
            if i > 1 and j > 1 and a[i - 1] == b[j - 2] and a[i - 2] == b[j - 1]:
                rows[i][j] = min(rows[i][j], rows[i - 2][j - 2] + 1)
    return rows[-1][-1]


def brute_force(text: str, patterns: list[tag.Pattern]) -> set[tuple[str, int, int, int]]:
    """(Letters, start, end, edits) of every stretch from edge to edge that is near enough, each compared with each."""
    page = Page(text)
    edges = [place for place in range(len(page.letters) + 1) if page.edge(place)]
    found = set()
    for pattern in patterns:
        for start in edges:
            for end in edges:
                if abs(end - start - len(pattern.letters)) <= pattern.allowed:
                    edits = osa(page.letters[start:end], pattern.letters)
                    if edits <= pattern.allowed:
                        found.add((pattern.letters, start, end, edits + pattern.confused))
    return found


def fast(text: str, patterns: list[tag.Pattern]) -> set[tuple[str, int, int, int]]:
    page = Page(text)
    suspects = tag._suspects(page.letters, tag._automaton(rules()))
    candidates = [c for pattern, about in suspects for c in tag._candidates(page, pattern, about) if not pattern.mates]
    wanted = {pattern.letters for pattern in patterns}
    return {
        (c.pattern.letters, *c.parts[0], c.edits) for c in candidates if c.pattern.letters in wanted and c.over <= 0
    }


def spoilt(letters: str, edits: int, random: Random) -> str:
    """The letters with so many edits, anywhere, and disguised: split, hyphenated, in capitals."""
    for _ in range(edits):
        at = random.randrange(len(letters))
        letters = random.choice(
            (
                letters[:at] + letters[at + 1 :],
                letters[:at] + random.choice(LETTERS) + letters[at:],
                letters[:at] + random.choice(LETTERS) + letters[at + 1 :],
                letters[:at] + letters[at : at + 2][::-1] + letters[at + 2 :],
            )
        )
    signs = random.choices(("", " ", "-", "\u00a0", "\u00ad", "’", "\u0301"), (30, 1, 1, 1, 1, 1, 1), k=len(letters))
    disguised = "".join(letter + sign for letter, sign in zip(letters, signs, strict=True))
    return random.choice((disguised, disguised.upper(), disguised.title()))


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 2**32))
def test_the_fast_matcher_finds_what_brute_force_finds(seed: int) -> None:
    random = Random(seed)
    plain = [pattern for pattern in tag._patterns(rules()) if not pattern.mates]
    for _ in range(20):
        chosen = random.sample(plain, 2)
        words = [random.choice(FILLER) for _ in range(6)]
        for pattern in chosen:
            words.insert(random.randrange(len(words)), spoilt(pattern.letters, pattern.allowed, random))
        text = random.choice((" ", " ", "")).join(words)
        assert fast(text, chosen) == brute_force(text, chosen), text


def brute_force_around(text: str, pattern: tag.Pattern) -> set[tuple[Parts, int]]:
    """(Parts, edits) of every pair of stretches near enough to the pattern and to a mate, with words between them."""
    page = Page(text)
    edges = [place for place in range(len(page.letters) + 1) if page.edge(place)]
    pairs = [(a, b) for a in edges for b in edges if a < b]
    anchors = [(a, b, osa(page.letters[a:b], pattern.letters)) for a, b in pairs if b - a < len(pattern.letters) + 3]
    found: set[tuple[Parts, int]] = set()
    for a, b, edits in anchors:
        for letters, allowed, _ in pattern.mates if edits <= pattern.allowed else ():
            for c, d in pairs:
                first, second = ((a, b), (c, d)) if pattern.ahead else ((c, d), (a, b))
                words = len([edge for edge in edges if first[1] < edge <= second[0]])
                if 1 <= words <= pattern.rule.insert and abs(d - c - len(letters)) <= allowed:
                    more = osa(page.letters[c:d], letters)
                    if more <= allowed and edits + more <= min(2, pattern.allowed + allowed):
                        found.add(((first, second), edits + more))
    return found


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32))
def test_inserted_words_are_found_as_brute_force_finds_them(seed: int) -> None:
    random = Random(seed)
    for _ in range(10):
        pattern = random.choice([pattern for pattern in tag._patterns(rules()) if pattern.mates])
        mate, allowed, _ = random.choice(pattern.mates)
        sides = [spoilt(pattern.letters, random.randint(0, pattern.allowed), random), spoilt(mate, allowed, random)]
        between = random.choices(FILLER, k=random.randint(0, pattern.rule.insert + 1))
        first, second = sides if pattern.ahead else sides[::-1]
        text = " ".join(["Hier", first, *between, second, "aussi"])
        page = Page(text)
        suspects = tag._suspects(page.letters, tag._automaton(rules()))
        candidates = [c for p, about in suspects if p is pattern for c in tag._candidates(page, p, about)]
        assert {(c.parts, c.edits) for c in candidates if c.over <= 0} == brute_force_around(text, pattern), text


def test_every_single_edit_and_swap_of_every_phrase_is_found() -> None:
    """Not by chance: every neighbour swap and every letter left out, in every phrase that bears an edit."""
    for pattern in tag._patterns(rules()):
        if pattern.mates or not pattern.allowed:
            continue
        letters = pattern.letters
        for at in range(len(letters)):
            for near in (
                letters[:at] + letters[at + 1 :],
                letters[:at] + letters[at : at + 2][::-1] + letters[at + 2 :],
            ):
                assert (letters, 0, len(near)) in {found[:3] for found in fast(near, [pattern])}, near


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.one_of(
            st.text(max_size=30),
            st.sampled_from(
                ["BriefCam", "C.N.I.L.", "œ", "ﬁ", "VSA", "caméras dites « augmentées »", "\ud800", "\n\n", ". "]
            ),
        ),
        max_size=12,
    )
)
@example(["CAMERAsB", "AUGMNTÆ"])  # each side of a `…` bears its own edits, not the other's
def test_offsets_hold_on_any_text(pieces: list[str]) -> None:
    text = " ".join(pieces)
    for m in find_mentions(text, rules()):
        assert text[m.start : m.end] == m.surface
        assert m.surface in m.sentence
        assert len(m.sentence) <= SENTENCE
        assert m.rules_version == rules().version
    mentions, rejections = explain(text[:100], rules())
    assert mentions == find_mentions(text[:100], rules())
    assert all(text[r.start : r.end] == r.surface and r.reason in tag.REASONS for r in rejections)


DISGUISES = [
    "BRIEFCAM", "Brief Cam", "brief-cam", "Brief\u2010Cam", "Brief\u2011Cam", "Brief\u00adCam", "Brief\u00a0Cam",
    "Brief\u2009Cam", "Brief\u202fCam", "Brief\u200bCam", "Brief-\nCam", "« BriefCam »", "#BriefCam", "l'BriefCam",
    "l’BriefCam", "@briefcam", "BriefCarn", "8riefCam", "Breifcam", "stopBriefCam",
]  # fmt: skip


@pytest.mark.parametrize("surface", DISGUISES)
def test_disguises_are_seen_through(surface: str) -> None:
    assert surfaces(f"La ville a acheté {surface}, dit-on.", "briefcam"), f"{surface!r} is not found"


@pytest.mark.parametrize(
    ("text", "surface"),
    [
        ("La C.N.I.L. enquête.", "C.N.I.L."),
        ("Vu par la C.N.I.L", "C.N.I.L"),
        ("La CN\u00adIL enquête.", "CN\u00adIL"),
        ("Au cœur du cœur, la CNIL.", "CNIL"),
        ("La reconnaissance faciale identiﬁe. La Cnil ?", "Cnil"),
    ],
)
def test_surfaces_are_exact(text: str, surface: str) -> None:
    assert surfaces(text, "cnil") == [surface]


def test_the_mathematical_letters_of_social_networks_are_letters() -> None:
    assert surfaces("Vérifiez auprès de la 𝗖𝗡𝗜𝗟 😀 et de la 𝒞𝒩ℐ𝐿.", "cnil") == ["𝗖𝗡𝗜𝗟"]
    assert surfaces("Une 𝘃𝗶𝗱é𝗼𝘀𝘂𝗿𝘃𝗲𝗶𝗹𝗹𝗮𝗻𝗰𝗲 du cœur de ville", "videosurveillance") == ["𝘃𝗶𝗱é𝗼𝘀𝘂𝗿𝘃𝗲𝗶𝗹𝗹𝗮𝗻𝗰𝗲"]


def test_the_tightest_of_two_mentions_is_not_swallowed() -> None:
    found = surfaces("Caméra augmentée, caméra intelligente, vidéoprotection augmentée : la même chose.", "vsa")
    assert found == ["Caméra augmentée", "caméra intelligente", "vidéoprotection augmentée"]


def test_ligatures_and_decomposed_accents_are_their_letters() -> None:
    assert surfaces("une intelligence artiﬁcielle de vidéosurveillance", "vsa")
    assert surfaces("la vide\u0301osurveillance algorithmique", "vsa") == ["vide\u0301osurveillance algorithmique"]


@pytest.mark.parametrize(
    "text",
    [
        "On parle de reconnaissance.\nFaciale ou palmaire.",
        "La reconnaissance. Faciale, elle est interdite.",
        "La reconnaissance !\n\nfaciale",
        "La reconnaissance\n\nfaciale",
        "Reconnaissance\nFaciale ou palmaire, la feuille",
        "- reconnaissance\n- faciale",
        "la reconnaissance, faciale",
    ],
)
def test_no_match_crosses_a_sentence_a_paragraph_or_a_comma(text: str) -> None:
    assert not surfaces(text, "reconnaissance_faciale")


def test_a_wrapped_line_is_no_paragraph() -> None:
    assert surfaces("la reconnaissance\nfaciale", "reconnaissance_faciale")
    assert surfaces("RECONNAISSANCE\nFACIALE", "reconnaissance_faciale")


@pytest.mark.parametrize("text", ["l'API", "l’API", "la pi", "L-API", "lAPIs", "ELAPI"])
def test_nothing_may_stand_inside_an_acronym(text: str) -> None:
    assert not surfaces(f"Le système {text} des véhicules.", "lapi")


def test_what_is_split_is_not_misspelt_as_well_under_twelve_letters() -> None:
    assert surfaces("Evi tech a gagné.", "editeurs")
    assert not surfaces("Il a évité ce choix.", "editeurs")


def test_a_name_of_two_capitals_may_be_split_there_and_misspelt() -> None:
    assert surfaces("Le logiciel Brief Carn est loué.", "briefcam") == ["Brief Carn"]
    assert surfaces("La société Chaps Vison a gagné.", "editeurs") == ["Chaps Vison"]
    assert not surfaces("Il écoute un brief car il débute.", "briefcam")
    assert not surfaces("Un brief camp, puis un Br iefcan.", "briefcam")


def test_context_may_stand_in_the_title() -> None:
    text = "La VSA arrive mardi."
    assert not find_mentions(text, rules())
    assert [m.topic for m in find_mentions(text, rules(), context="La vidéosurveillance en débat")] == ["vsa"]


def test_a_plain_mention_gives_way_to_the_precise_one() -> None:
    found = find_mentions("La vidéosurveillance algorithmique. La vidéosurveillance.", rules())
    assert [(m.topic, m.surface) for m in found] == [
        ("vsa", "vidéosurveillance algorithmique"),
        ("videosurveillance", "vidéosurveillance"),
    ]


def test_the_sentence_is_that_of_its_paragraph() -> None:
    text = "M. Dupont parle.\nLa CNIL enquête, dit-il. Puis il part."
    assert [m.sentence for m in find_mentions(text, rules())] == ["La CNIL enquête, dit-il."]


REASONED = [
    ("La reconnaissance sociale progresse.", "reconnaissance_faciale", "exception"),
    ("Un VSA roule.", "vsa_sigle", "context"),
    ("La RSA augmente.", "vsa_sigle", "edits"),
    ("La CNIL du Gabon.", "cnil", "elsewhere"),
    ("La reconnaissance. Faciale.", "reconnaissance_faciale", "break"),
    ("Il a évité ce piège.", "editeurs", "split"),
    ("Les caméras ont été augmentées.", "vsa", "inserted"),
    ("Le lapi.", "lapi_sigle", "case"),
]


@pytest.mark.parametrize(("text", "rule", "reason"), REASONED)
def test_a_near_candidate_is_rejected_with_its_reason(text: str, rule: str, reason: str) -> None:
    mentions, rejections = explain(text, rules())
    assert not mentions
    assert (rule, reason) in {(r.rule, r.reason) for r in rejections}


def test_every_reason_has_an_example() -> None:
    assert {reason for _, _, reason in REASONED} == set(tag.REASONS)


def test_rules_made_anew_elsewhere_find_the_same() -> None:
    text = "À Lille, BriefCarn et la vidéo-surveillance dite algorithmique, selon la C.N.I.L."
    copy = pickle.loads(pickle.dumps(rules()))
    assert copy.version == rules().version
    assert find_mentions(text, copy) == find_mentions(text, rules())
    assert len(find_mentions(text, copy)) == 3


def test_mentions_are_sorted_and_do_not_overlap_in_a_topic() -> None:
    text = (
        "Caméras de vidéosurveillance augmentées ou algorithmiques, vidéosurveillance algorithmique (VSA) et CNIL. "
        * 20
    )
    found = find_mentions(text, rules())
    assert found == sorted(found, key=lambda m: (m.start, m.end, m.topic))
    for topic in {m.topic for m in found}:
        spans = [(m.start, m.end) for m in found if m.topic == topic]
        assert all(a[1] <= b[0] for a, b in pairwise(spans))


def test_squash_keeps_one_place_a_letter() -> None:
    assert squash("L’Œil, à É-t\u00adé ñ!") == "lilaeten"
