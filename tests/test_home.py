"""The home: what vigie.toml may say, and all its faults at once, each with its line and cure."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.home import CHANNEL, MISSION, Mail, Watch, load_home
from pipeline.records import MistakeError, Source

TOPICS, SOURCES = ("briefcam", "vsa", "cnil"), ("guetteur", "echo")


def home_of(folder: Path, text: str):  # type: ignore[no-untyped-def]
    (folder / "vigie.toml").write_text(text, "utf-8")
    return load_home(folder, TOPICS, SOURCES)


def test_without_a_file_the_watch_is_the_missions_own(tmp_path: Path) -> None:
    assert load_home(tmp_path, TOPICS, SOURCES).watches == (MISSION,)


def test_everything_that_can_be_said(tmp_path: Path) -> None:
    home = home_of(
        tmp_path,
        """
contact = "veille@exemple.fr"
retention_days = 30
[mail]
host = "smtp.exemple.fr"
port = 465
tls = "tls"
user = "veille"
sender = "veille@exemple.fr"
[watch.lille]
topics = ["briefcam", "vsa"]
all = ["cnil"]
none = ["vsa"]
areas = ["59350", "59", "national"]
sources = ["guetteur"]
kinds = ["regional"]
access = "teaser"
to = ["mailto:a@exemple.fr", "slack:${HOOK}", "file:veille.xml"]
language = "en"
rhythm = "weekly"
""",
    )
    assert home.contact == "veille@exemple.fr" and home.retention_days == 30
    assert home.mail == Mail("smtp.exemple.fr", 465, "tls", "veille", "veille@exemple.fr")
    assert home.watches == (
        Watch(
            "lille",
            ("briefcam", "vsa"),
            ("cnil",),
            ("vsa",),
            ("59350", "59", "national"),
            ("guetteur",),
            ("regional",),
            "teaser",
            ("mailto:a@exemple.fr", "slack:${HOOK}", "file:veille.xml"),
            "en",
            "weekly",
        ),
    )


def test_all_faults_are_told_at_once_with_their_lines(tmp_path: Path) -> None:
    with pytest.raises(MistakeError) as fault:
        home_of(
            tmp_path,
            """contact = 3
contcat = "a"
language = ["fr"]

[mail]
host = "smtp.exemple.fr"
password = "secret"
tls = "ssl"
port = "25"

[watch.lille]
topics = ["brifcam"]
areas = ["Lille"]
to = ["a@exemple.fr"]
rhythm = "hourly"

[watch.roubaix]
sources = ["gueteur"]
kinds = "regional"
""",
        )
    said = str(fault.value).splitlines()
    expected = [
        ("line 2:", "« contcat », did you mean « contact »?"),
        ("line 1:", "contact is a mail address"),
        ("line 3:", "language is one of fr, en"),
        ("line 7 [mail]:", "VIGIE_SMTP_PASSWORD"),
        ("line 8 [mail]:", "tls is one of starttls, tls, none"),
        ("line 9 [mail]:", "port is a whole number"),
        ("line 12 [watch.lille]:", "« brifcam », did you mean « briefcam »?"),
        ("line 13 [watch.lille]:", "« Lille » is no INSEE code"),
        ("line 14 [watch.lille]:", "mailto:"),
        ("line 15 [watch.lille]:", "run, daily, weekly"),
        ("line 18 [watch.roubaix]:", "did you mean « guetteur »?"),
        ("line 19 [watch.roubaix]:", "kinds is a list of texts"),
        ("line 17 [watch.roubaix]:", "say what is looked for"),
    ]
    assert len(said) == len(expected), "\n".join(said)
    for line, (place, cure) in zip(said, expected, strict=True):
        assert place in line and cure in line, line


def test_a_file_that_is_no_toml_is_a_mistake_with_its_place(tmp_path: Path) -> None:
    with pytest.raises(MistakeError, match=r"vigie\.toml.*line 1"):
        home_of(tmp_path, "contact = veille")


def test_a_file_that_is_not_in_utf_8_is_a_mistake_with_its_cure(tmp_path: Path) -> None:
    (tmp_path / "vigie.toml").write_bytes('contact = "é"'.encode("latin-1"))
    with pytest.raises(MistakeError, match="save it as UTF-8"):
        load_home(tmp_path, TOPICS, SOURCES)


def test_watches_speak_the_homes_language_but_for_those_that_say_another(tmp_path: Path) -> None:
    home = home_of(
        tmp_path, 'language = "en"\n[watch.a]\ntopics = ["vsa"]\n[watch.b]\ntopics = ["vsa"]\nlanguage = "fr"\n'
    )
    assert home.language == "en" and [watch.language for watch in home.watches] == ["en", "fr"]
    assert home_of(tmp_path, 'language = "en"\n').watches == (replace(MISSION, language="en"),)


@pytest.mark.parametrize("text", ["watch = 3", "watch = [1]", "[watch]\nlille = 3", "mail = 'x'"])
def test_what_is_no_table_is_a_mistake_not_a_crash(tmp_path: Path, text: str) -> None:
    with pytest.raises(MistakeError, match="table"):
        home_of(tmp_path, text)


@pytest.mark.parametrize(
    "channel", ["a@b.fr", "mailto:", "mailto:a b@c.fr", "ftp:x", "", "file:", "command:", "slack:x"]
)
def test_what_is_no_channel(channel: str) -> None:
    assert not CHANNEL.fullmatch(channel)


def test_a_watch_of_a_city_reads_its_departement_and_the_countrys_institutions() -> None:
    watch = Watch("w", topics=("cnil",), areas=("59350",))
    kinds = ("regional", ("59",), True), ("regional", ("29",), False), ("institution", ("national",), True)
    for kind, area, follows in (*kinds, ("regional", ("national",), False), ("association", ("national",), True)):
        assert watch.follows(Source("s", "S", kind, area)) is follows, (kind, area)  # type: ignore[arg-type]
    assert watch.follows(Source("s", "S", "regional", ("29",)), own=True), "what the user declared is read"


def test_one_watch_needs_no_name_and_several_do(tmp_path: Path) -> None:
    home = home_of(tmp_path, '[watch.a]\ntopics = ["vsa"]\n[watch.b]\ntopics = ["vsa"]\n')
    assert home.watch("b").key == "b"
    with pytest.raises(MistakeError, match="say --watch: one of a, b"):
        home.watch(None)
    with pytest.raises(MistakeError, match="no watch « c »"):
        home.watch("c")


@pytest.mark.parametrize("contact", ["zz", "a@", "@b", "a b@c.fr", "a@b@c.fr"])
def test_a_contact_is_a_mail_address(tmp_path: Path, contact: str) -> None:
    with pytest.raises(MistakeError, match="contact is a mail address"):
        home_of(tmp_path, f'contact = "{contact}"\n')
    assert home_of(tmp_path, 'contact = "veille@exemple.fr"\n').contact == "veille@exemple.fr"


def test_a_channel_that_nothing_delivers_is_known_at_once(tmp_path: Path) -> None:
    with pytest.raises(MistakeError, match="« ftp://x » is no channel"):
        home_of(tmp_path, '[watch.w]\ntopics = ["cnil"]\nto = ["ftp://x"]\n')
