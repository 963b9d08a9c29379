"""Alerts, from what stands in a home to what a mail server and a web server on this machine get."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from ibic_pipeline.alerts import FailedRun, Look, Watched, look
from ibic_pipeline.cli.init import initialise
from ibic_pipeline.errors import IbicError
from ibic_pipeline.home import Home
from ibic_pipeline.storage import write_json
from ibic_pipeline.workflow.versions import write_status
from tests.support.command_line import Ibic
from tests.support.receivers import Hook, Mailbox, mail_server, make_certificate, web_server

NOW = datetime(2026, 7, 10, 6, 0, tzinfo=UTC)
"""A day on which deliveries for May are in time and those for June not late yet."""
MAIL = {"server": "127.0.0.1", "skydd": "inget", "fran": "ibic@lanet.se", "till": ["drift@lanet.se"]}
MISSING = ("LEV-001", "Förväntade en fil. Hittade 0 filer som passar beslut_*.csv. Be kommunen om filen.")


@pytest.fixture
def box() -> Iterator[Mailbox]:
    with mail_server() as found:
        yield found


@pytest.fixture
def hook() -> Iterator[Hook]:
    with web_server() as found:
        yield found


@pytest.fixture
def home(tmp_path: Path, box: Mailbox) -> Home:
    """A county of thirteen that have delivered for June, told by e-mail."""
    home = Home(tmp_path / "home")
    initialise(home)
    for code in home.lan.kommuner:
        (home.inkorg / home.profil(code).mapp / "2026-06-30").mkdir(parents=True, exist_ok=True)
    return decided(home, epost={**MAIL, "port": box.port})


def decided(home: Home, **larm: Any) -> Home:
    """The home with these alert settings; the disk of the test's machine is not judged."""
    path = home.path / "lan.yaml"
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    content["larm"] = {"disk_mib": {"varde": 1, "varfor": "Prov."}, **content.get("larm", {}), **larm}
    path.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    return Home(home.path)


def refuse(home: Home, code: str, *reasons: tuple[str, str], leverans: str = "2026-06-30") -> None:
    write_status(home, code, "vagrad", leverans=leverans, version=None, reasons=reasons or [MISSING])


def accept(home: Home, code: str) -> None:
    write_status(home, code, "godkand", leverans="2026-06-30", version="v")


def looked(home: Home, watched: Watched | None = None, *, later: timedelta = timedelta()) -> Look:
    return look(Home(home.path), watched, NOW + later)


def text_of(box: Mailbox) -> str:
    return str(box.letters[-1].get_content())


def test_a_county_in_which_all_is_well_is_told_nothing(home: Home, box: Mailbox) -> None:
    alive = Watched(heartbeat=NOW, latest_plan=NOW)

    assert looked(home, alive).alerts == ()
    assert box.letters == []


def test_a_refused_delivery_is_told_once_with_what_it_means_and_what_to_do(home: Home, box: Mailbox) -> None:
    refuse(home, "0642")
    first, second = looked(home), looked(home, later=timedelta(minutes=5))

    assert [each.kommunkod for each in first.alerts] == ["0642"]
    assert second.sent == {}
    assert len(box.letters) == 1
    assert box.letters[0]["Subject"] == "[IBIC Jönköpings län] Leverans vägrad (0642)"
    assert box.letters[0]["To"] == "drift@lanet.se"
    told = text_of(box)
    assert "Mullsjö (0642): leveransen 2026-06-30. Kommunen finns inte i länets siffror." in told
    assert "LEV-001: Förväntade en fil." in told
    assert "Vad det betyder: Kommunens siffror står kvar" in told
    assert "Att göra: Be kommunen rätta" in told


def test_thirteen_failures_for_one_reason_are_one_letter(home: Home, box: Mailbox) -> None:
    for code in home.lan.kommuner:
        write_status(home, code, "fel", leverans="2026-06-30", version="v", reasons=[("FEL", "Disken är full.")])
    looked(home)

    assert [each["Subject"] for each in box.letters] == ["[IBIC Jönköpings län] Inläsning misslyckades (13 kommuner)"]
    assert text_of(box).count("Orsak:") == 1
    assert text_of(box).count("Att göra:") == 1


def test_failures_during_a_burst_are_told_together_when_all_have_ended(home: Home, box: Mailbox) -> None:
    busy = Watched(heartbeat=NOW, latest_plan=NOW, at_work=True)
    for code in ("0642", "0643", "0680"):
        refuse(home, code)
        looked(home, busy)
    assert box.letters == []
    looked(home, Watched(heartbeat=NOW, latest_plan=NOW))

    assert [each["Subject"] for each in box.letters] == ["[IBIC Jönköpings län] Leverans vägrad (3 kommuner)"]


def test_what_has_passed_is_told_as_solved(home: Home, box: Mailbox) -> None:
    refuse(home, "0642")
    looked(home)
    accept(home, "0642")
    looked(home)
    looked(home)

    assert len(box.letters) == 2
    assert str(box.letters[1]["Subject"]).startswith("[IBIC Jönköpings län] Löst: Leverans vägrad: Mullsjö (0642)")


def test_another_refusal_of_the_same_municipality_is_news_and_nothing_is_called_solved(
    home: Home, box: Mailbox
) -> None:
    refuse(home, "0642")
    looked(home)
    refuse(home, "0642", ("LEV-004", "Filen är kapad."), leverans="2026-06-30_omtag")
    looked(home)

    assert len(box.letters) == 2
    assert "LÖST" not in text_of(box)
    assert "LEV-004" in text_of(box)


def test_what_nobody_has_mended_in_a_week_is_said_again(home: Home, box: Mailbox) -> None:
    refuse(home, "0642")
    for days in (0, 3, 6.9, 7, 8):
        looked(home, later=timedelta(days=days) if days < 4 else timedelta(days=days, hours=-1 if days == 6.9 else 0))

    assert sum("Leverans vägrad" in each["Subject"] for each in box.letters) == 2


def test_a_letter_that_could_not_be_sent_is_sent_the_next_time(home: Home, box: Mailbox) -> None:
    refuse(home, "0642")
    box.refuses = True
    failed = looked(home)
    box.refuses = False
    sent = looked(home)

    assert failed.not_sent == {"epost": "SMTPDataError"}
    assert list(sent.sent) == ["epost"]
    assert len(box.letters) == 1


def test_each_channel_is_tried_for_itself(home: Home, box: Mailbox, hook: Hook) -> None:
    home = decided(home, webhook={"url": hook.url})
    refuse(home, "0642")
    hook.status = 500
    first = looked(home)
    hook.status = 200
    second = looked(home)

    assert (list(first.sent), list(first.not_sent)) == (["epost"], ["webhook"])
    assert (list(second.sent), list(second.not_sent)) == (["webhook"], [])
    assert len(box.letters) == 1
    assert hook.bodies[0]["larm"][0]["kommuner"] == ["0642"]
    assert hook.bodies[0]["text"].startswith("[IBIC Jönköpings län] Leverans vägrad (0642)")


def test_a_webhook_that_sends_elsewhere_gets_nothing_there(home: Home, hook: Hook) -> None:
    home = decided(home, webhook={"url": hook.url})
    refuse(home, "0642")
    hook.status = 302

    assert looked(home).not_sent == {"webhook": "HTTPError"}


def test_letters_are_sent_after_starttls_and_a_login(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = make_certificate(tmp_path / "server.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    (home.nycklar / "larm.losenord").write_text("hemligt\n")
    (home.nycklar / "larm.losenord").chmod(0o600)
    with mail_server(certificate, password="hemligt") as box:
        mail = {**MAIL, "server": "localhost", "port": box.port, "skydd": "starttls", "anvandare": "ibic"}
        home = decided(home, epost=mail)
        refuse(home, "0642")
        assert list(looked(home).sent) == ["epost"]
        monkeypatch.setenv("IBIC_LARM_LOSENORD", "fel")
        refuse(home, "0643")
        assert looked(home).not_sent == {"epost": "SMTPAuthenticationError"}
        monkeypatch.delenv("IBIC_LARM_LOSENORD")
        monkeypatch.delenv("SSL_CERT_FILE")
        assert looked(home).not_sent == {"epost": "SSLCertVerificationError"}
        (home.nycklar / "larm.losenord").chmod(0o644)
        assert "chmod 600" in looked(home).not_sent["epost"]

    assert len(box.letters) == 1


def test_a_late_delivery_is_told_by_the_municipalitys_own_rhythm(home: Home, box: Mailbox) -> None:
    own = {"varje": "vecka", "arbetsdagar": 2, "varfor": "Avtal."}
    home = decided(home, leveranser={"kommuner": {"0642": own}})
    seen = looked(home)

    assert [(each.topic, each.kommunkod) for each in seen.alerts] == [("sen", "0642")]
    assert "väntad uttagen 2026-07-05 eller senare och levererad senast 2026-07-07" in text_of(box)
    (home.inkorg / "0642" / "2026-07-06").mkdir()
    looked(home)
    assert "Löst: Leverans försenad" in str(box.letters[-1]["Subject"])


def test_thirteen_late_deliveries_are_one_letter_and_the_next_month_no_new_one(home: Home, box: Mailbox) -> None:
    looked(home, later=timedelta(days=40))
    looked(home, later=timedelta(days=42))

    assert [str(each["Subject"]) for each in box.letters] == ["[IBIC Jönköpings län] Leverans försenad (13 kommuner)"]


def test_made_up_deliveries_are_never_late(home: Home) -> None:
    (home.path / "facit").mkdir()

    assert looked(home, later=timedelta(days=400)).alerts == ()


@pytest.mark.parametrize(
    ("watched", "said"),
    [
        (
            Watched(heartbeat=NOW - timedelta(minutes=16), latest_plan=NOW),
            "Dagsters demon hördes senast 2026-07-10 07:44",
        ),
        (Watched(heartbeat=NOW, latest_plan=NOW - timedelta(days=1)), "Ingen plan har gjorts sedan 2026-07-10 03:30"),
        (Watched(answers=False), "Dagsters databas går inte att läsa."),
        (
            Watched(heartbeat=NOW, latest_plan=NOW, failed=(FailedRun("lan", "", NOW, "Disken är full."),)),
            "Disken är full.",
        ),
        (
            Watched(heartbeat=NOW, latest_plan=NOW, failed=(FailedRun("kommun", "0642", NOW, ""),)),
            "Körningens process avbröts innan den var klar.",
        ),
    ],
    ids=["daemon", "night", "storage", "county", "killed"],
)
def test_what_dagster_shows_is_told(home: Home, box: Mailbox, watched: Watched, said: str) -> None:
    seen = looked(home, watched)

    assert len(seen.alerts) == 1
    assert said in text_of(box)


def test_a_run_that_was_killed_is_nothing_once_the_municipality_has_been_loaded(home: Home) -> None:
    accept(home, "0642")
    killed = FailedRun("kommun", "0642", datetime(2020, 1, 1, tzinfo=UTC), "")

    assert looked(home, Watched(heartbeat=NOW, latest_plan=NOW, failed=(killed,))).alerts == ()


def test_an_old_release_is_told(home: Home, box: Mailbox) -> None:
    write_json({"release": "r", "publicerad": "2026-05-01T01:30:00Z"}, home.publicerat / "senaste.json")
    looked(home)

    assert "Den gällande releasen är 70 dagar gammal; gränsen är 45." in text_of(box)


def test_nothing_of_a_person_is_sent(home: Home, box: Mailbox) -> None:
    refuse(home, "0642", ("LEV-003", "Hittade filen 19520906-9813.csv."))
    looked(home, Watched(heartbeat=NOW, latest_plan=NOW, failed=(FailedRun("lan", "", NOW, "vid 195209069813"),)))

    assert "19520906" not in box.letters[0].as_string()
    assert "PERSONNUMMER.csv" in text_of(box)
    assert "19520906" not in (home.lager / "lan" / "larm.json").read_text(encoding="utf-8")


def test_a_memory_that_is_damaged_tells_again_rather_than_never(home: Home, box: Mailbox) -> None:
    refuse(home, "0642")
    looked(home)
    (home.lager / "lan" / "larm.json").write_text("{")
    looked(home)

    assert len(box.letters) == 2
    assert json.loads((home.lager / "lan" / "larm.json").read_text())["epost"].keys() == {"inlasning/0642"}


@pytest.mark.parametrize(
    "wrong",
    [
        {"epost": {**MAIL, "server": "mail.lanet.se"}},
        {"epost": {**MAIL, "anvandare": "ibic"}},
        {"webhook": {"url": "http://chatt.lanet.se/krok"}},
    ],
    ids=["unprotected", "password in clear", "http"],
)
def test_what_could_be_read_on_the_way_is_refused(home: Home, wrong: dict[str, Any]) -> None:
    with pytest.raises(IbicError):
        _ = decided(home, **wrong).lan


def test_the_command_line_tells_and_its_exit_code_says_how_it_went(home: Home, box: Mailbox, ibic: Ibic) -> None:
    (home.path / "facit").mkdir()
    assert ibic("alert", "check", "--home", home.path).code == 0
    refuse(home, "0642")
    shown = ibic("alert", "check", "--home", home.path, "--dry-run")
    assert (shown.code, box.letters) == (1, [])
    assert shown.out.startswith("Leverans vägrad: Mullsjö (0642)")
    told = ibic("alert", "check", "--home", home.path, "--json")
    assert told.code == 1
    assert json.loads(told.out)["skickat"] == {"epost": "[IBIC Jönköpings län] Leverans vägrad (0642)"}
    assert ibic("alert", "try", "--home", home.path).code == 0
    assert [each["Subject"] for each in box.letters][-1] == "[IBIC Jönköpings län] Prov"
    box.refuses = True
    assert ibic("alert", "try", "--home", home.path).code == 2
