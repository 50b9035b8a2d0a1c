"""The rules: every example of every table holds, and every fault of a file is told with its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.letters import squash
from pipeline.measures.mentions import failing_examples
from pipeline.records import MistakeError
from pipeline.rules import Rule, Rules, forms, load_rules
from pipeline.tag import explain, find_mentions

BUILT_IN = load_rules()
MISSION = ["briefcam", "vsa", "cnil", "reconnaissance_faciale", "aipd", "lapi"]
AROUND = ["videosurveillance", "editeurs", "drones", "audiosurveillance", "csu", "tribunal"]


@pytest.mark.parametrize("rule", BUILT_IN.rules, ids=lambda rule: rule.key)
def test_the_examples_of_a_rule_hold(rule: Rule) -> None:
    assert rule.found, f"rules.toml [{rule.key}] has no found; give it a sentence that it must find"
    assert rule.not_found, f"rules.toml [{rule.key}] has no not_found; give it a sentence that comes near"
    failing = [said for said in failing_examples(BUILT_IN) if said.startswith(f"[{rule.key}]")]
    assert not failing, "\n".join(failing)


@pytest.mark.parametrize("rule", BUILT_IN.rules, ids=lambda rule: rule.key)
def test_a_rule_finds_its_own_found_examples(rule: Rule) -> None:
    """Not only its topic: a rule that another one makes needless says nothing."""
    for text in rule.found:
        assert rule.key in {m.rule for m in find_mentions(text, BUILT_IN)}, f"[{rule.key}] is not what finds {text!r}"


def test_every_topic_of_the_mission_has_rules_and_a_label() -> None:
    assert set(MISSION + AROUND) == set(BUILT_IN.topics)
    assert all(BUILT_IN.topics.values())


def written(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "rules.toml"
    file.write_text(text, encoding="utf-8")
    return file


def test_a_users_rule_joins_and_replaces_by_key(tmp_path: Path) -> None:
    mine = written(
        tmp_path,
        '[briefcam]\nlabel = "Le logiciel"\nphrases = ["BriefCam Protect"]\n'
        '[zoo]\nlabel = "Zoo de Lille"\nphrases = ["zoo de Lille"]\n',
    )
    rules = load_rules(mine)
    assert rules.topics["briefcam"] == "Le logiciel"
    assert rules.topics["zoo"] == "Zoo de Lille"
    assert not find_mentions("BriefCam", rules)
    assert [m.topic for m in find_mentions("Le Zoo de Lille ferme.", rules)] == ["zoo"]
    assert [m.topic for m in find_mentions("La CNIL enquête.", rules)] == ["cnil"]


def test_no_file_of_the_users_is_no_fault(tmp_path: Path) -> None:
    assert load_rules(tmp_path / "absent.toml").version == BUILT_IN.version


FAULTS = {
    'phrase = ["x"]': "phrase: unknown key",
    'phrases = "BriefCam"': "phrases: must be a list of texts",
    "phrases = []": "phrases: missing",
    'label = "x"': "phrases: missing",
    'phrases = ["ab"]': "needs 3 to 100 letters",
    'phrases = ["{abc, def"]': "a brace has no partner",
    'phrases = ["abcd … efgh"]': "a … stands once",
    'phrases = ["abcd … efgh … ijkl"]\ninsert = 2': "a … stands once",
    'phrases = ["abcd"]\nedits = 3': "edits: must be from 0 to 2",
    'phrases = ["abcd"]\ninsert = 9': "insert: must be from 0 to 6",
    'phrases = ["abcd"]\nwithin = -1': "within: must be from 0 to 1000",
    'phrases = ["abcd"]\ncase = "yes"': "case: must be true or false",
    'phrases = ["abcd"]\nedits = true': "edits: must be a whole number",
    'phrases = ["abcd"]\nnear = ["ia"]': "near: 'ia' is too short",
    'phrases = ["abcd"]\nnot = ["abcd … efgh"]\ninsert = 2': "a … stands once",
    'phrases = ["abcd"]\nfound = [""]': "found: must be a list of texts",
    'phrases = ["abcd", 3]': "phrases: must be a list of texts",
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_told_with_file_table_and_key(fault: str, tmp_path: Path) -> None:
    file = written(tmp_path, f'[mine]\ntopic = "vsa"\n{fault}\n')
    with pytest.raises(MistakeError) as raised:
        load_rules(file)
    assert f"{file} [mine] " in str(raised.value)
    assert FAULTS[fault] in str(raised.value)


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    file = written(
        tmp_path, '[one]\nphrases = []\n[two]\ncolour = 1\nphrases = ["abcd"]\n[three]\nphrases = ["abcd"]\n'
    )
    with pytest.raises(MistakeError) as raised:
        load_rules(file)
    told = str(raised.value)
    assert "[one] phrases" in told
    assert "[two] colour" in told
    assert "[three] label: topic 'three' has none" in told


@pytest.mark.parametrize(
    ("text", "told"),
    [("[a", "not valid TOML"), ("a = 1", "is not a table"), ('[a]\nyields = ["b"]', "phrases: missing")],
)
def test_a_file_that_is_no_rules_file_is_a_mistake(text: str, told: str, tmp_path: Path) -> None:
    with pytest.raises(MistakeError, match=told):
        load_rules(written(tmp_path, text))


def test_a_file_that_is_not_utf8_is_a_mistake(tmp_path: Path) -> None:
    file = tmp_path / "rules.toml"
    file.write_bytes('[a]\nlabel = "été"'.encode("latin-1"))
    with pytest.raises(MistakeError, match="not UTF-8"):
        load_rules(file)


def test_a_topic_that_gives_way_to_none_is_a_mistake(tmp_path: Path) -> None:
    file = written(tmp_path, '[a]\nlabel = "A"\nphrases = ["abcd"]\nyields = ["nothing"]\n')
    with pytest.raises(MistakeError, match=r"\[a\] yields: no topic is called 'nothing'"):
        load_rules(file)


def test_the_version_is_a_hash_of_what_the_rules_mean() -> None:
    a = Rule("a", "a", "A", ("abcd",), found=("abcd",))
    assert Rules((a,)).version == Rules((Rule("a", "a", "Autre nom", ("abcd",)),)).version
    assert Rules((a,)).version != Rules((Rule("a", "a", "A", ("abce",)),)).version
    assert Rules((a,)).version != Rules((Rule("a", "a", "A", ("abcd",), case=True),)).version
    b = Rule("b", "b", "B", ("efgh",))
    assert Rules((a, b)).version == Rules((b, a)).version


def test_forms_are_every_way_to_write_a_phrase() -> None:
    assert forms("{a, b}  c(s)") == ["a c", "a cs", "b c", "b cs"]
    assert forms("x {, y }z") == ["x z", "x y z"]
    assert forms("BriefCam") == ["BriefCam"]


@pytest.mark.parametrize(
    "text", ["Vidéo\u2010surveillance", "vide\u0301o surveillance", "VIDÉO-\nSURVEILLANCE", "« vidéo’surveillance »"]
)
def test_squash_sees_through_disguises(text: str) -> None:
    assert squash(text) == "videosurveillance"


def test_a_rejected_example_says_why() -> None:
    for rule in BUILT_IN.rules:
        for text in rule.not_found:
            mentions, _ = explain(text, BUILT_IN)
            assert rule.topic not in {m.topic for m in mentions}, text
