"""The commands as users call them: on the demo's home, made once by the program itself."""

from __future__ import annotations

import csv
import ctypes
import gzip
import io
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pipeline.cli import app
from pipeline.commands.common import Options
from pipeline.commands.telling import alerted
from pipeline.publish import only_writer
from pipeline.questions import load_queries
from pipeline.records import MistakeError
from pipeline.store import writing
from pipeline.telling.render import FORMATS
from pipeline.telling.tell import Fault
from pipeline.telling.tongue import Count, Said
from tests.test_deliver import Box, mail_server
from tests.test_ingest import archive, seen
from tests.test_retention import RESERVED


def vigie(*words: str, cwd: Path | None = None, input: str = "") -> subprocess.CompletedProcess[str]:  # noqa: A002
    """The program in a process of its own, as cron would run it: no terminal."""
    return subprocess.run(
        [sys.executable, "-m", "pipeline.cli", *words],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        cwd=cwd,
        input=input,
    )


def as_another_user(*words: str) -> subprocess.CompletedProcess[str]:
    """The program as a user whom the rights of files bind, which they do not where root runs the tests."""
    libc = ctypes.CDLL(None)

    def bound() -> None:
        for capability in (1, 2, 3):  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH, CAP_FOWNER
            libc.prctl(24, capability, 0, 0, 0)  # PR_CAPBSET_DROP

    command = [sys.executable, "-m", "pipeline.cli", *words]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120, preexec_fn=bound)


def call(home: Path, *words: str, code: int = 0, input: str = "") -> str:  # noqa: A002
    """A command in this process; what it prints on standard output."""
    done = CliRunner().invoke(app, ["--home", str(home), *words], input=input, catch_exceptions=False)
    assert done.exit_code == code, done.output
    return done.stdout


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The demo's home, and what the demo printed."""
    folder = tmp_path_factory.mktemp("demo")
    done = vigie("demo", cwd=folder)
    assert done.returncode == 0, done.stderr
    return folder / "demo-home", done.stdout


def test_the_demo_reads_well_for_a_newcomer(shown: tuple[Path, str]) -> None:
    _, said = shown
    assert re.search(r"^Première lecture\u00a0: \d+\u00a0articles déjà parus$", said, re.MULTILINE)
    assert "rien de nouveau" not in said.lower() and "CE QUI N'A PAS PU ÊTRE VU" in said
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", said)


def test_the_digest_of_a_day_comes_out_byte_for_byte(shown: tuple[Path, str]) -> None:
    home, said = shown
    assert "Rien de nouveau" in call(home, "digest")
    for day in _days(home):
        assert call(home, "digest", "--as-of", day) == said


def _days(home: Path) -> list[str]:
    """The day, in Paris, on which the home's matches were announced."""
    sql = "SELECT DISTINCT strftime(announced_at, '%Y-%m-%d') AS day FROM announced"
    return [row["day"] for row in json.loads(call(home, "query", "--sql", sql, "--format", "json"))]


@pytest.mark.parametrize("shape", FORMATS)
def test_every_format_is_printed(shown: tuple[Path, str], shape: str) -> None:
    said = call(shown[0], "digest", "--since", "2020-01", "--format", shape)
    assert "BriefCam" in said and "piege.example" in said


def test_a_peek_announces_nothing(shown: tuple[Path, str], tmp_path: Path) -> None:
    home = tmp_path / "home"
    _copy(shown[0], home)
    (home / "told.sqlite").unlink()
    call(home, "query", "--sql", "SELECT 1")
    _forget(home)
    first = call(home, "digest", "--peek")
    assert "Première lecture" in first and "Première lecture" in call(home, "digest", "--peek")
    assert "Première lecture" in call(home, "digest") and "Rien de nouveau" in call(home, "digest")


def _copy(home: Path, to: Path) -> None:
    shutil.copytree(home, to)


def _forget(home: Path) -> None:
    with writing(home / "vigie.duckdb") as store:
        store.run("DELETE FROM announced")


def test_faults_of_digest_options_say_what_to_do(shown: tuple[Path, str]) -> None:
    for words in (("--format", "pdf"), ("--since", "hier"), ("--since", "2024", "--as-of", "2024"), ("--watch", "x")):
        with pytest.raises(MistakeError) as fault:
            call(shown[0], "digest", *words)
        assert len(str(fault.value).splitlines()) == 1


# --- query -------------------------------------------------------------------------------------------------------


def test_every_query_is_listed_with_its_help(shown: tuple[Path, str]) -> None:
    said = call(shown[0], "query")
    for name, query in load_queries().items():
        assert f"\n{name}\n" in f"\n{said}" and query.help in said


@pytest.mark.parametrize("name", load_queries())
def test_every_query_runs_in_every_format(shown: tuple[Path, str], name: str, tmp_path: Path) -> None:
    home = shown[0]
    query = load_queries()[name]
    known = {"article": _any(home, "article_id"), "TIMESTAMPTZ": "2030-01-01"}
    values = {p.name: known.get(p.name) or known.get(p.type) or "cnil" for p in query.parameters if p.required}
    given = [word for name, value in values.items() for word in ("-p", f"{name}={value}")]
    call(home, "query", name, *given)
    rows = json.loads(call(home, "query", name, *given, "--format", "json"))
    lines = list(
        csv.DictReader(io.StringIO(call(home, "query", name, *given, "--format", "csv").removeprefix("\ufeff")))
    )
    assert len(lines) == len(rows)
    call(home, "query", name, *given, "--format", "parquet", "-o", str(tmp_path / "out.parquet"))
    assert (tmp_path / "out.parquet").read_bytes()[:4] == b"PAR1"


def _any(home: Path, column: str) -> str:
    sql = f"SELECT min({column}) AS x FROM matches"
    return str(json.loads(call(home, "query", "--sql", sql, "--format", "json"))[0]["x"])


def test_a_table_that_is_no_terminals_has_a_line_for_each_row(shown: tuple[Path, str]) -> None:
    long = "https://exemple.fr/" + "a" * 300
    said = call(
        shown[0], "query", "--sql", f"SELECT 'x' AS a, '{long}' AS url UNION ALL SELECT '漢字', 'y'"
    ).splitlines()
    assert sorted(said[1:]) == [f"x     {long}", "漢字  y"] and said[0] == "a     url"
    nothing = vigie("--home", str(shown[0]), "query", "chronology", "-p", "since=2099-01-01")
    assert nothing.stdout.count("\n") == 1 and nothing.stderr == "no row\n"


def test_a_query_that_does_not_listen_is_ended(shown: tuple[Path, str]) -> None:
    deaf = "SELECT levenshtein(repeat('a', 300000), repeat('b', 300000))"
    done = vigie("--home", str(shown[0]), "query", "--seconds", "0.5", "--sql", deaf)
    assert done.returncode == 2 and done.stderr.startswith("vigie: the query takes more than 0.5 s")


@pytest.mark.parametrize("words", [("query", "chronology", "--format", "csv"), ("report",), ("dossier", "Lille")])
def test_a_file_that_cannot_be_written_is_a_mistake(shown: tuple[Path, str], words: Sequence[str]) -> None:
    with pytest.raises(MistakeError, match="nowhere/x"):
        call(shown[0], *words, "-o", str(shown[0] / "nowhere/x"))


def test_csv_has_no_formula(shown: tuple[Path, str]) -> None:
    sql = "SELECT * FROM (VALUES ('=1+1'), ('+x'), ('-x'), ('@x'), (chr(9) || '=x'), (' =x'), ('a')) t(v)"
    said = call(shown[0], "query", "--sql", sql, "--format", "csv").removeprefix("\ufeff")
    assert [row[0] for row in csv.reader(io.StringIO(said))][1:] == ["'=1+1", "'+x", "'-x", "'@x", "'\t=x", "' =x", "a"]
    numbers = call(shown[0], "query", "--sql", "SELECT -1 AS v, -1.5 AS w", "--format", "csv")
    assert numbers.splitlines()[1] == "-1,-1.5"


def test_a_file_in_the_home_is_a_query(shown: tuple[Path, str], tmp_path: Path) -> None:
    (tmp_path / "queries").mkdir()
    (tmp_path / "queries" / "mine.sql").write_text("-- My own question.\n-- $n: a number\nSELECT $n::INT + 1 AS m\n")
    (tmp_path / "vigie.duckdb").symlink_to(shown[0] / "vigie.duckdb")
    assert "My own question." in call(tmp_path, "query")
    assert json.loads(call(tmp_path, "query", "mine", "-p", "n=2", "--format", "json")) == [{"m": 3}]


@pytest.mark.parametrize(
    ("words", "cure"),
    [
        (("chronolgy",), "did you mean « chronology »?"),
        (("chronology", "-p", "topic"), "-p topic=briefcam"),
        (("chronology", "-p", "topic=brifcam"), "no topic « brifcam », did you mean « briefcam »?"),
        (("chronology", "-p", "tpoic=x"), "no parameter 'tpoic'"),
        (("chronology", "--sql", "SELECT 1"), "not both"),
        (("chronology", "--format", "parquet"), "-o FILE.parquet"),
        (("--sql", "SELECT * FROM nowhere"), "nowhere"),
        (("--sql", "COPY matches TO 'x'"), ""),
        (("--sql", "SELECT * FROM read_text('/etc/hostname')"), ""),
    ],
)
def test_mistakes_of_queries_name_their_cure(shown: tuple[Path, str], words: Sequence[str], cure: str) -> None:
    with pytest.raises(MistakeError) as fault:
        call(shown[0], "query", *words)
    assert cure in str(fault.value)


# --- search, show ------------------------------------------------------------------------------------------------


def test_search_by_words_area_and_date(shown: tuple[Path, str]) -> None:
    home = shown[0]
    assert "À Tourcoing" in call(home, "search", "cameras augmentees")
    assert "À Tourcoing" in call(home, "search", "caméras augmentées", "--area", "59", "--since", "2025-01")
    assert call(home, "search", "caméras augmentées", "--area", "29") == ""
    rows = json.loads(call(home, "search", "vidéo-surveillance", "--format", "json"))
    assert rows and {"article_id", "title", "sentence", "url"} <= rows[0].keys()


def test_an_id_that_is_too_short_says_so(shown: tuple[Path, str]) -> None:
    with pytest.raises(MistakeError, match=r"several articles .* write more of it"):
        call(shown[0], "show", "")
    with pytest.raises(MistakeError, match="no article « zz »"):
        call(shown[0], "show", "zz")


def test_show_marks_the_mentions_and_takes_a_short_id(shown: tuple[Path, str]) -> None:
    home = shown[0]
    found = _any(home, "article_id")
    assert "sha256" in call(home, "show", found[:8]) and "*" in call(home, "show", found)
    with pytest.raises(MistakeError, match="vigie search"):
        call(home, "show", "zzzz")


# --- run ---------------------------------------------------------------------------------------------------------

ONE = '[nulle-part]\nname = "Nulle part"\nkind = "regional"\narea = ["59"]\nfeed = "http://127.0.0.1:1/f"\n'
WATCH = '[watch.w]\ntopics = ["cnil"]\nsources = ["nulle-part"]\n'


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "sources.toml").write_text(ONE)
    (tmp_path / "vigie.toml").write_text(WATCH)
    return tmp_path


def test_a_quiet_run_prints_nothing_when_all_is_well_and_logs(home: Path) -> None:
    done = vigie("--home", str(home), "run", "--quiet", "--log", str(home / "run.log"))
    assert (done.stdout, done.stderr, done.returncode) == ("", "", 0)
    assert re.search(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ nulle-part: refused", (home / "run.log").read_text())
    loud = vigie("--home", str(home), "run")
    assert "nulle-part: refused" in loud.stdout and "CE QUI N'A PAS PU ÊTRE VU" in loud.stdout


def test_a_second_run_says_so_in_one_line_and_tries_later(home: Path) -> None:
    with only_writer(home / "run"):
        done = vigie("--home", str(home), "run")
    assert done.returncode == 75 and done.stderr.count("\n") == 1 and "another run" in done.stderr


def test_faults_of_the_home_are_exit_code_2(home: Path) -> None:
    (home / "vigie.toml").write_text(WATCH.replace("cnil", "cinl"))
    done = vigie("--home", str(home), "run")
    assert done.returncode == 2 and "did you mean « cnil »?" in done.stderr and "Traceback" not in done.stderr


def test_a_run_mails_what_is_new_retries_and_alerts(shown: tuple[Path, str], tmp_path: Path) -> None:
    home, box = tmp_path / "home", Box()
    _copy(shown[0], home)
    box.answer = "550 no such mailbox"
    watched = '[watch.lille]\ntopics = ["briefcam"]\nsources = ["nulle-part", "leguetteur-lille"]\n'
    (home / "sources.toml").write_text((home / "sources.toml").read_text() + ONE)
    words = ("--home", str(home), "run", "--quiet", "--alert")
    with mail_server(box) as port:
        (home / "vigie.toml").write_text(
            f'contact = "moi@exemple.fr"\n[mail]\nhost = "127.0.0.1"\nport = {port}\n'
            f'{watched}to = ["mailto:groupe@exemple.fr"]\n'
        )
        done = vigie(*words)
        assert done.returncode == 1 and "550 no such mailbox" in done.stderr and done.stdout == ""
        box.answer = "250 OK"
        assert vigie(*words).returncode == 0
        assert "Rien de nouveau" not in vigie(*words[:-2]).stdout
    assert [mail["To"] for mail in box.taken] == ["groupe@exemple.fr"]
    assert "articles déjà parus" in box.taken[0]["Subject"]


@pytest.mark.parametrize(
    ("language", "subject", "words"),
    [
        (
            "fr",
            "Vigie\u00a0: L'Écho\u00a0: refuse l'accès à Vigie depuis le jeudi 1er août 2024",
            [
                "2\u00a0erreurs internes, voir crawl.log",
                "Code de sortie\u00a0: 1.",
                "à corriger\u202f; nouvel essai à chaque",
            ],
        ),
        (
            "en",
            "Vigie: L'Écho: has refused Vigie since Thursday 1 August 2024",
            ["2\u00a0internal errors, see crawl.log", "Exit code 1.", "mend this; it is tried again at each run"],
        ),
    ],
)
def test_an_alert_is_in_one_language_and_is_tried_until_it_arrives(
    tmp_path: Path, language: str, subject: str, words: list[str]
) -> None:
    box, noon = Box(), datetime(2024, 8, 1, 12, tzinfo=UTC)
    fault = Fault("lille", "https://hook.exemple/secret", Said("no_secret", {"name": "HOOK"}), passing=False)
    worst = [
        Said("of_source", {"name": "L'Écho", "why": Said("refused_since", {"since": noon})}),
        Said("internal", {"faults": Count("faults", 2), "log": "crawl.log"}),
        fault.said(),
    ]
    with mail_server(box) as port:
        (tmp_path / "vigie.toml").write_text(
            f'contact = "moi@exemple.fr"\nlanguage = "{language}"\n[mail]\nhost = "127.0.0.1"\nport = {port}\n'
        )
        at = Options(str(tmp_path))
        box.answer = "451 later"
        assert not alerted(at, worst) and not alerted(at, worst), "nobody knows, so it is said on standard error"
        box.answer = "250 OK"
        assert alerted(at, worst) and alerted(at, worst)
    (mail,) = box.taken
    said = mail.get_content()
    assert mail["Subject"] == subject and mail["Content-Language"] == language and "/secret" not in said
    assert all(part in said for part in words), said


# --- init --------------------------------------------------------------------------------------------------------


def test_three_answers_make_a_home(tmp_path: Path) -> None:
    answers = "saint denis\n2\n1 3\nveille@exemple.fr\n"
    said = call(tmp_path / "home", "init", "--no-try", input=answers)
    written = (tmp_path / "home/vigie.toml").read_text("utf-8")
    assert "Saint-Denis (93)" in said and 'areas = ["93066"]' in written
    assert 'topics = ["briefcam", "cnil"]' in written and 'to = ["mailto:veille@exemple.fr"]' in written
    assert "CNIL, the whole country" in written
    with pytest.raises(MistakeError, match="is there already"):
        call(tmp_path / "home", "init", "--commune", "Lille")


def test_options_ask_nothing_and_the_channel_is_tried(tmp_path: Path) -> None:
    box = Box()
    with mail_server(box) as port:
        said = call(
            tmp_path / "home", "init", "--commune", "Lille", "--commune", "59512", "--topic", "vsa",
            "--to", "a@exemple.fr", "--mail-host", "127.0.0.1", "--mail-port", str(port), "--rhythm", "daily",
        )  # fmt: skip
    assert "a first word was sent" in said and box.taken[0]["To"] == "a@exemple.fr"
    written = (tmp_path / "home/vigie.toml").read_text("utf-8")
    assert 'areas = ["59350", "59512"]' in written and f"port = {port}" in written and 'rhythm = "daily"' in written


@pytest.mark.parametrize(
    ("words", "cure"),
    [
        (("--commune", "Nullepart-sur-Rien"), "INSEE code"),
        (("--commune", "Roubais"), "did you mean « Roubaix »"),
        (("--commune", "Saint-Denis"), "97411"),
        (("--commune", "Lille", "--topic", "brifcam", "--to", "file:x.xml"), "did you mean « briefcam »?"),
        (("--commune", "Lille", "--topic", "vsa", "--to", "nowhere"), "is no channel"),
        (("--commune", "Lille", "--topic", "vsa", "--to", "file:x", "--rhythm", "hourly"), "nothing was written"),
        (("--commune", "Lille", "--topic", "vsa", "--to", "file:x", "--contact", "zz"), "contact is a mail address"),
        (("--commune", "Lille", "--topic", "vsa", "--to", "ftp://x"), "is no channel"),
        ((), "--commune"),
    ],
)
def test_mistakes_at_the_beginning_leave_no_home(tmp_path: Path, words: Sequence[str], cure: str) -> None:
    with pytest.raises(MistakeError, match=re.escape(cure)):
        call(tmp_path / "home", "init", *words)
    assert not (tmp_path / "home").exists()


ON_A_TERMINAL = """
import os, pty, sys
answers, words = sys.argv[1].encode().decode("unicode_escape").encode("latin-1"), sys.argv[2:]
child, terminal = pty.fork()
if not child:
    os.execv(sys.executable, [sys.executable, "-m", "pipeline.cli", *words])
os.write(terminal, answers)
try:
    while said := os.read(terminal, 4096):
        sys.stdout.buffer.write(said)
except OSError:  # how a terminal ends
    pass
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


def on_a_terminal(answers: str, *words: str) -> subprocess.CompletedProcess[str]:
    """The program at a terminal of its own, with somebody who types."""
    command = [sys.executable, "-c", ON_A_TERMINAL, answers, *words]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


def test_a_person_who_mistypes_is_asked_again(tmp_path: Path) -> None:
    answers = r"Lile\nsaint-denis\n9\n2\n1 99\n1, 2\nno where\nfile:veille.xml\n"
    done = on_a_terminal(answers, "--home", str(tmp_path / "home"), "init", "--no-try")
    assert done.returncode == 0, done.stdout
    for said in ("did you mean « Lille »", "« 9 » is not in the list", "« 99 » is not in the list", "is no channel"):
        assert said in done.stdout
    written = (tmp_path / "home/vigie.toml").read_text("utf-8")
    assert 'areas = ["93066"]' in written and '["briefcam", "vsa"]' in written and '["file:veille.xml"]' in written


def test_a_person_who_gives_up_has_no_home(tmp_path: Path) -> None:
    done = on_a_terminal(r"Lille\n\x04", "--home", str(tmp_path / "home"), "init")
    assert done.returncode != 0 and not (tmp_path / "home").exists(), done.stdout


def test_every_command_has_help_in_a_panel() -> None:
    said = vigie("--help").stdout
    for panel in ("First steps", "Every day", "Ask", "Care", "Sources"):
        assert panel in said


# --- homes that are none, or not whole ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words",
    [
        *[("rebuild",), ("retag",), ("retag", "--dry-run"), ("ingest",), ("retention",), ("seal",)],
        *[("verify", "--archive"), ("search", "x"), ("show", "x"), ("query", "edited"), ("digest",)],
    ],
)
def test_a_mistyped_home_is_a_mistake_and_not_a_new_home(tmp_path: Path, words: Sequence[str]) -> None:
    with pytest.raises(MistakeError, match=r"no home in .*demo-hom: `vigie init` makes one, or mend --home"):
        call(tmp_path / "demo-hom", *words)
    assert not (tmp_path / "demo-hom").exists()


def test_a_run_without_a_vigie_toml_says_what_it_watches(tmp_path: Path, home: Path) -> None:
    (home / "vigie.toml").unlink()
    (home / "crawl.sqlite").mkdir()  # so that nobody is asked anything
    said = vigie("--home", str(home), "run")
    assert "built-in watch around Lille" in said.stderr
    assert "built-in" not in vigie("--home", str(home), "run", "--quiet").stderr


def test_a_rebuild_says_which_files_are_gone_and_changes_nothing(shown: tuple[Path, str], tmp_path: Path) -> None:
    home = tmp_path / "home"
    _copy(shown[0], home)
    call(home, "seal")
    before = (home / "vigie.duckdb").read_bytes()
    (home / "archive").rename(home / "elsewhere")
    with pytest.raises(MistakeError, match=r"files of the archive are not there: .*\.warc\.gz.*--anyway") as fault:
        call(home, "rebuild")
    assert len(str(fault.value).splitlines()) == 1 and (home / "vigie.duckdb").read_bytes() == before
    assert "article_id" in call(home, "search", "briefcam", "--format", "json")
    call(home, "rebuild", "--anyway")
    assert vigie("--home", str(home), "search", "briefcam").stderr.startswith("0 articles")
    (home / "elsewhere").rename(home / "archive")
    (home / "vigie.duckdb").unlink()
    gone = min((home / "archive").glob("*.warc.gz"))
    gone.rename(home / gone.name)
    with pytest.raises(MistakeError, match=re.escape(gone.name)):
        call(home, "rebuild")
    (home / gone.name).rename(gone)
    call(home, "rebuild")
    assert "BriefCam" in call(home, "search", "briefcam")


def test_the_archive_of_no_home_and_no_archive_does_not_hold(home: Path) -> None:
    with pytest.raises(MistakeError, match=r"archive: there is no archive to verify"):
        call(home, "verify", "--archive")


@pytest.mark.parametrize("words", [("ingest",), ("rebuild",), ("retag",), ("retention",)])
def test_what_changes_the_database_waits_for_the_run(home: Path, words: Sequence[str]) -> None:
    with only_writer(home / "run"):
        done = vigie("--home", str(home), *words)
    assert done.returncode == 75 and done.stderr.count("\n") == 1 and "another run" in done.stderr


@pytest.fixture(scope="module")
def anothers(shown: tuple[Path, str]) -> Iterator[Path]:
    """A home that another user keeps, in a folder that everyone may enter: it can be read, and not written."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        _copy(shown[0], home)
        call(home, "seal")
        Path(folder).chmod(0o755)
        for file in (home, *home.rglob("*")):
            file.chmod(0o555 if file.is_dir() else 0o444)
        yield home
        for file in (home, *home.rglob("*")):
            file.chmod(0o755)


def test_anothers_home_can_be_read(anothers: Path) -> None:
    article = _any(anothers, "article_id")
    with tempfile.TemporaryDirectory() as out:
        Path(out).chmod(0o777)
        for words in (
            ("search", "briefcam"), ("show", article), ("query", "edited"), ("digest", "--peek"), ("health",),
            ("evidence", article, "-o", f"{out}/a.wacz"), ("dossier", "Lille", "-o", f"{out}/a.html"),
            ("digest", "--since", "2020-01"), ("retag", "--dry-run"), ("retention", "--dry-run"),
            ("verify", "--archive"),
        ):  # fmt: skip
            done = as_another_user("--home", str(anothers), *words)
            well = (0, 1) if words == ("health",) else (0,)
            assert done.returncode in well and not done.stderr.count("Traceback"), f"{words}: {done.stderr}"
        assert vigie("verify", f"{out}/a.wacz").returncode == 0
    assert "BriefCam" in as_another_user("--home", str(anothers), "search", "briefcam").stdout


def test_an_index_that_is_not_there_does_not_keep_from_searching(anothers: Path) -> None:
    anothers.chmod(0o755)
    (anothers / "search.sqlite").rename(anothers / "kept")
    (anothers / "told.sqlite").rename(anothers / "kept-told")
    anothers.chmod(0o555)
    try:
        assert "BriefCam" in as_another_user("--home", str(anothers), "search", "briefcam").stdout
        assert "Vigie, veille" in as_another_user("--home", str(anothers), "digest", "--peek").stdout
    finally:
        anothers.chmod(0o755)
        (anothers / "kept").rename(anothers / "search.sqlite")
        (anothers / "kept-told").rename(anothers / "told.sqlite")
        anothers.chmod(0o555)


@pytest.mark.parametrize(
    "words", [("run",), ("crawl",), ("ingest",), ("digest",), ("retag",), ("rebuild",), ("retention",), ("seal",)]
)
def test_what_would_write_in_anothers_home_says_so(anothers: Path, words: Sequence[str]) -> None:
    done = as_another_user("--home", str(anothers), *words)
    assert done.returncode in (1, 2) and "Traceback" not in done.stderr, done.stderr
    assert done.stderr.count("\n") == 1 and "owns the home" in done.stderr, done.stderr


def test_a_home_that_may_not_be_read_says_so(anothers: Path) -> None:
    anothers.chmod(0o000)
    try:
        for words in (("search", "x"), ("run",), ("digest", "--peek"), ("query", "edited")):
            done = as_another_user("--home", str(anothers), *words)
            assert done.returncode == 2 and done.stderr.count("\n") == 1, done.stderr
            assert str(anothers) in done.stderr and "mend" in done.stderr
    finally:
        anothers.chmod(0o555)


@pytest.mark.parametrize("words", [("run",), ("init", "--commune", "Lille"), ("search", "x"), ("rebuild",)])
def test_a_home_that_is_a_file_is_a_mistake(tmp_path: Path, words: Sequence[str]) -> None:
    (tmp_path / "home").write_text("")
    with pytest.raises(MistakeError, match=r"home: is a file; a home is a folder"):
        call(tmp_path / "home", *words)


def test_a_log_that_cannot_be_written_is_known_before_the_crawl(home: Path) -> None:
    with pytest.raises(MistakeError, match=r"--log .*nowhere/x\.log: No such file"):
        call(home, "run", "--log", str(home / "nowhere/x.log"))
    assert not (home / "crawl.sqlite").exists()


def test_a_vigie_toml_that_is_a_folder_is_a_mistake(home: Path) -> None:
    (home / "vigie.toml").unlink()
    (home / "vigie.toml").mkdir()
    with pytest.raises(MistakeError, match=r"vigie\.toml: Is a directory"):
        call(home, "run")


def test_a_terminal_that_is_not_utf_8_shows_what_it_can(shown: tuple[Path, str]) -> None:
    command = [sys.executable, "-m", "pipeline.cli", "--home", str(shown[0]), "digest", "--since", "2020-01"]
    done = subprocess.run(
        command, capture_output=True, check=False, timeout=60, env=os.environ | {"PYTHONIOENCODING": "latin-1"}
    )
    assert done.returncode == 0, done.stderr
    assert "L'Écho" in done.stdout.decode("latin-1") and b"?" in done.stdout


# --- what is said of what was not read ---------------------------------------------------------------------------


def test_a_search_that_finds_nothing_says_among_what(shown: tuple[Path, str], home: Path) -> None:
    said = vigie("--home", str(shown[0]), "search", "zzyzx").stderr
    assert re.fullmatch(r"0 articles, among \d+ articles of \d+ sources\n", said)
    assert vigie("--home", str(home), "run", "--quiet").returncode == 0
    said = vigie("--home", str(home), "search", "cnil").stderr
    assert said == "0 articles: no source was read yet; `vigie health` says why\n"


@pytest.mark.parametrize(
    "junk", [b"", b"no warc at all", b"\x1f\x8b\x08 torn", gzip.compress(b"no warc", mtime=0)], ids=[*"abcd"]
)
def test_what_is_no_warc_is_a_mistake(home: Path, junk: bytes) -> None:
    (home / "junk.warc.gz").write_bytes(junk)
    with pytest.raises(MistakeError, match=r"junk\.warc\.gz: is no WARC file"):
        call(home, "ingest", str(home / "junk.warc.gz"))
    assert not (home / "archive").exists()


def test_an_ingest_drops_what_is_reserved_and_speaks_english(home: Path) -> None:
    archive(home / "archive", "reserved-1", [seen(10, "reserve", RESERVED, reserved=True)])
    assert call(home, "ingest").startswith("1 capture, 1 new article, 1 version, ")
    sql = "SELECT count(*) AS n FROM captures WHERE withheld"
    assert json.loads(call(home, "query", "--sql", sql, "--format", "json")) == [{"n": 1}]
    assert not re.search(r": -\d", call(home, "retention"))


def test_a_run_says_once_a_month_that_the_rules_have_changed(home: Path) -> None:
    assert vigie("--home", str(home), "run", "--quiet").stderr == ""
    with writing(home / "vigie.duckdb") as store:
        store.note("rules", "older")
    done = vigie("--home", str(home), "run", "--quiet")
    assert done.returncode == 1 and "rules have changed" in done.stderr and "vigie retag --dry-run" in done.stderr
    again = vigie("--home", str(home), "run", "--quiet")
    assert (again.returncode, again.stderr) == (0, "")


def test_evidence_of_other_rules_asks_for_a_retag(shown: tuple[Path, str], tmp_path: Path) -> None:
    home = tmp_path / "home"
    _copy(shown[0], home)
    with writing(home / "vigie.duckdb") as store:
        store.note("rules", "older")
        store.run("UPDATE mentions SET surface = 'x', rules_version = 'older'")
    with pytest.raises(MistakeError, match="vigie retag"):
        call(home, "evidence", _any(home, "article_id"), "-o", str(tmp_path / "x.wacz"))
    assert not (tmp_path / "x.wacz").exists()


def test_a_broken_question_does_not_keep_from_the_others(shown: tuple[Path, str], tmp_path: Path) -> None:
    (tmp_path / "queries").mkdir()
    (tmp_path / "queries/broken.sql").write_text("SELEC 1")
    (tmp_path / "vigie.duckdb").symlink_to(shown[0] / "vigie.duckdb")
    done = vigie("--home", str(tmp_path), "query", "edited")
    assert done.returncode == 0 and "broken.sql: begin with a comment" in done.stderr
    with pytest.raises(MistakeError, match="no query « broken »"):
        call(tmp_path, "query", "broken")


def test_a_first_word_that_did_not_arrive_is_exit_code_1(tmp_path: Path) -> None:
    words = ("init", "--commune", "Lille", "--topic", "vsa", "--to", "command:false", "--contact", "a@exemple.fr")
    assert "is written" in call(tmp_path / "home", *words, code=1)


def test_the_version_is_said() -> None:
    assert re.fullmatch(r"vigie \d+\.\d+\S*\n", vigie("--version").stdout)


def test_the_dossier_prints_a_command_that_can_be_typed(shown: tuple[Path, str], tmp_path: Path) -> None:
    call(shown[0], "dossier", "Lille", "-o", str(tmp_path / "lille.md"))
    command = re.search(r"`vigie (evidence [0-9a-f]{16} -o \w+\.wacz)`", (tmp_path / "lille.md").read_text("utf-8"))
    assert command
    words = command[1].split()
    call(shown[0], *words[:-1], str(tmp_path / words[-1]))
