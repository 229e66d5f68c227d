"""Alerts over real sockets: once for a failure, once for its recovery, in the receivers' own formats, and never at a
run's cost.
"""

import json
import ssl
import time
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest
import trustme

from ingestion.bundled import MUNICIPALITIES
from orchestration import alerts, steps
from orchestration.alerts import Alert, Alerts
from orchestration.jobs import concerns_check
from orchestration.resources import Workspace
from orchestration.sensors import run_sensors
from orchestration.settings import Settings, SettingsError
from trials.receivers import Webhook, mailbox, webhook

LATE = Alert("late/1489/hr.employments", "late: hr.employments, 1489: 2024-03", "Have it delivered.")
REFUSED = Alert("rejected/1", "rejected: a delivery of hr.absences, 1489 was refused (R111)", "Read the findings.")


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(alerts, "FIRST_WAIT", 0.0)


@pytest.fixture
def hook() -> Iterator[Webhook]:
    with webhook() as kept:
        yield kept


def settings(home: Path, **variables: object) -> Settings:
    named = {f"GENOMLYSNING_{name}": str(value) for name, value in variables.items()}
    live = {
        "GENOMLYSNING_ENV": "live",
        "GENOMLYSNING_HOME": str(home),
        "GENOMLYSNING_MUNICIPALITIES": str(MUNICIPALITIES),
    }
    return Settings.from_environment({**live, **named})


def by_hook(home: Path, hook: Webhook, form: str = "json") -> Alerts:
    return Alerts(
        settings(home, ALERT_WEBHOOK_URL=hook.url, ALERT_WEBHOOK_FORMAT=form, WEBSERVER_URL="https://dagster.example/")
    )


def by_mail(home: Path, port: int, **variables: object) -> Alerts:
    known = {"ALERT_SMTP_HOST": "127.0.0.1", "ALERT_SMTP_PORT": port, "ALERT_SMTP_SECURITY": "none"}
    addresses = {
        "ALERT_SMTP_FROM": "plattform@kommun.example",
        "ALERT_SMTP_TO": "drift@kommun.example, vakt@kommun.example",
    }
    return Alerts(settings(home, **{**known, **addresses, **variables}))


def test_nothing_is_sent_and_nothing_kept_by_default(tmp_path: Path) -> None:
    assert Alerts(settings(tmp_path)).tell("concerns", [LATE]) == []
    assert not (tmp_path / "alerts").exists()


def test_a_failure_is_told_once_and_its_recovery_once(tmp_path: Path, hook: Webhook) -> None:
    for current in ([LATE], [LATE], [LATE, REFUSED], [LATE, REFUSED], [REFUSED], [REFUSED], [], []):
        assert by_hook(tmp_path, hook).tell("concerns", current) == []  # a new object each time: the memory is on disk
    told = [(body["state"], [alert["key"] for alert in body["alerts"]]) for body in hook.received]
    assert told == [
        ("failure", [LATE.key]),
        ("failure", [REFUSED.key]),
        ("recovery", [LATE.key]),
        ("recovery", [REFUSED.key]),
    ]


def test_scopes_do_not_recover_each_other(tmp_path: Path, hook: Webhook) -> None:
    channel = by_hook(tmp_path, hook)
    channel.tell("concerns", [LATE])
    channel.tell("job/refresh", [])
    assert [body["state"] for body in hook.received] == ["failure"]


def test_many_at_once_are_one_message(tmp_path: Path, hook: Webhook) -> None:
    by_hook(tmp_path, hook, "teams").tell(
        "concerns", [Alert(f"k{i}", f"late: table {i}" + "x" * 500) for i in range(500)]
    )
    [body] = hook.received
    blocks = body["attachments"][0]["content"]["body"]
    assert "500 failures" in blocks[0]["text"] and blocks[-1]["text"] == "… and 480 more."
    assert len(json.dumps(body)) < 28_000


def test_the_teams_card_is_one_that_a_workflow_posts(tmp_path: Path, hook: Webhook) -> None:
    by_hook(tmp_path, hook, "teams").tell("concerns", [LATE])
    [body] = hook.received
    assert hook.headers["Content-Type"] == "application/json"
    assert body["type"] == "message"
    [attachment] = body["attachments"]
    assert attachment["contentType"] == "application/vnd.microsoft.card.adaptive"
    card = attachment["content"]
    assert card["type"] == "AdaptiveCard" and card["version"] == "1.4"
    assert [block["type"] for block in card["body"]] == ["TextBlock", "TextBlock"]
    assert card["body"][0]["text"] == "Genomlysning (live): a failure"
    assert "hr.employments, 1489: 2024-03. Have it delivered." in card["body"][1]["text"]
    assert card["actions"] == [{"type": "Action.OpenUrl", "title": "Dagster", "url": "https://dagster.example"}]


def test_mail_is_sent_once_to_all_and_answers_are_not_asked_for(tmp_path: Path) -> None:
    with mailbox() as kept:
        for current in ([LATE], [LATE], []):
            assert by_mail(tmp_path, kept.port).tell("concerns", current) == []
    failure, recovery = kept.messages
    assert (
        failure["To"] == "drift@kommun.example, vakt@kommun.example" and failure["Auto-Submitted"] == "auto-generated"
    )
    assert (
        failure["Subject"] == "Genomlysning (live): a failure"
        and recovery["Subject"] == "Genomlysning (live): a failure mended"
    )
    assert "hr.employments, 1489: 2024-03. Have it delivered." in failure.get_content()


def test_mail_goes_encrypted_with_a_login_and_not_to_a_server_that_cannot_prove_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority = trustme.CA()
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    secret = tmp_path / "password"
    secret.write_text("hemligt\n")
    secret.chmod(0o600)
    login = {"ALERT_SMTP_SECURITY": "starttls", "ALERT_SMTP_USER": "plattform", "ALERT_SMTP_PASSWORD_FILE": secret}
    with mailbox(context, "hemligt") as kept:
        [trouble] = by_mail(tmp_path, kept.port, **login).tell("concerns", [LATE])
        assert "the certificate of 127.0.0.1 was not accepted" in trouble and not kept.messages and not kept.logins
        with authority.cert_pem.tempfile() as trusted:
            monkeypatch.setenv("SSL_CERT_FILE", trusted)
            assert by_mail(tmp_path, kept.port, **login).tell("concerns", [LATE]) == []
            assert kept.encrypted == [True] and kept.logins == ["right"]
            secret.write_text("fel")
            [trouble] = by_mail(tmp_path, kept.port, **login).tell("concerns", [LATE, REFUSED])
    assert "refused it (SMTPAuthenticationError)" in trouble and set(kept.logins[1:]) == {"wrong"}


def test_a_passing_trouble_is_tried_again_a_few_times_and_then_said(tmp_path: Path, hook: Webhook) -> None:
    hook.statuses = [503, 429]
    assert by_hook(tmp_path, hook).tell("concerns", [LATE]) == []
    assert hook.requests == 3 and len(hook.received) == 1
    hook.statuses, hook.requests = [500] * 50, 0
    [trouble] = by_hook(tmp_path, hook).tell("concerns", [LATE, REFUSED])
    assert hook.requests == alerts.ATTEMPTS
    assert trouble == "Alerts by webhook are not reaching anybody: the webhook answered 500"


def test_what_was_not_told_is_told_at_the_next_occasion_and_stands_until_then(tmp_path: Path, hook: Webhook) -> None:
    channel = by_hook(tmp_path, hook)
    hook.statuses = [404]
    [trouble] = channel.tell("concerns", [LATE])
    assert hook.requests == 1, "what the receiver refuses is not repeated"
    assert "answered 404. Check GENOMLYSNING_ALERT_WEBHOOK_URL" in trouble and "secret-of-the-address" not in trouble
    assert list(channel.troubles()) == ["webhook"]
    assert channel.tell("concerns", [LATE]) == []
    assert [body["state"] for body in hook.received] == ["failure"] and channel.troubles() == {}


def test_a_redirect_is_not_followed(tmp_path: Path, hook: Webhook) -> None:
    hook.statuses = [302]
    [trouble] = by_hook(tmp_path, hook).tell("concerns", [LATE])
    assert "answered 302" in trouble and hook.requests == 1


def test_one_deaf_receiver_does_not_cost_the_other_its_message(tmp_path: Path, hook: Webhook) -> None:
    hook.statuses = [400]
    with mailbox() as kept:
        both = settings(
            tmp_path,
            ALERT_WEBHOOK_URL=hook.url,
            ALERT_SMTP_HOST="127.0.0.1",
            ALERT_SMTP_PORT=kept.port,
            ALERT_SMTP_SECURITY="none",
            ALERT_SMTP_FROM="a@b.example",
            ALERT_SMTP_TO="c@d.example",
        )
        assert len(Alerts(both).tell("concerns", [LATE])) == 1
        assert len(kept.messages) == 1
        assert Alerts(both).tell("concerns", [LATE]) == []
        assert len(kept.messages) == 1 and len(hook.received) == 1


def test_nobody_there_is_found_out_quickly(tmp_path: Path) -> None:
    began = time.monotonic()
    nobody = settings(tmp_path, ALERT_WEBHOOK_URL="http://127.0.0.1:9/x")
    [trouble] = Alerts(nobody).tell("concerns", [LATE])
    assert "could not be reached (ConnectionError)" in trouble and time.monotonic() - began < 5


@pytest.mark.parametrize(
    ("variables", "message"),
    [
        ({"ALERT_WEBHOOK_URL": "http://hooks.example/x"}, "is no https address"),
        ({"ALERT_WEBHOOK_URL": "https://hooks.example/x", "ALERT_WEBHOOK_FORMAT": "xml"}, "expected teams or json"),
        ({"ALERT_SMTP_HOST": "mail.example"}, "set _FROM"),
        ({"ALERT_SMTP_HOST": "mail.example", "ALERT_SMTP_SECURITY": "none"}, "is not this machine"),
        (
            {"ALERT_SMTP_HOST": "m", "ALERT_SMTP_FROM": "a", "ALERT_SMTP_TO": "b", "ALERT_SMTP_PASSWORD": "p"},
            "go together",
        ),
        ({"ALERT_WEBHOOK_URL_FILE": "/no/such/file"}, "cannot be read"),
    ],
    ids=lambda value: None if isinstance(value, dict) else value,
)
def test_what_would_leak_or_not_work_is_refused_at_start(
    tmp_path: Path, variables: dict[str, str], message: str
) -> None:
    with pytest.raises(SettingsError, match=message) as refused:
        settings(tmp_path, **variables)
    assert "hooks.example" not in str(refused.value)


def test_secrets_come_by_closed_files_and_are_not_shown(tmp_path: Path) -> None:
    secret = tmp_path / "url"
    secret.write_text("https://hooks.example/secret\n")
    secret.chmod(0o644)
    with pytest.raises(SettingsError, match=r"which everybody can read\. Close it: chmod o= "):
        settings(tmp_path, ALERT_WEBHOOK_URL_FILE=secret)
    secret.chmod(0o640)
    made = settings(tmp_path, ALERT_WEBHOOK_URL_FILE=secret)
    assert made.webhook and made.webhook.url == "https://hooks.example/secret"
    assert "secret" not in repr(made).replace(str(tmp_path), "")


def test_the_runs_sensors_tell_a_failing_job_once_and_its_success_once_and_let_the_check_look(
    tmp_path: Path, hook: Webhook
) -> None:
    from ingestion.lake import LakeBusy

    broken = [True]

    @dg.asset
    def one(context: dg.AssetExecutionContext, workspace: dg.ResourceParam[Workspace]) -> None:
        with steps.step(context, workspace):
            if broken[0]:
                raise LakeBusy("Svensson, Eva.xlsx is in the way")

    workspace = Workspace(settings(tmp_path, ALERT_WEBHOOK_URL=hook.url, ALERT_WEBHOOK_FORMAT="json"))
    resources = {"workspace": workspace}
    failed_runs, succeeded_runs = run_sensors("live")
    job = dg.Definitions(assets=[one], jobs=[dg.define_asset_job("some_job")], resources=resources).resolve_job_def(
        "some_job"
    )
    instance = dg.DagsterInstance.ephemeral()

    def look() -> dg.RunRequest:
        result = job.execute_in_process(instance=instance, raise_on_error=False)
        kind = dg.DagsterEventType.RUN_SUCCESS if result.success else dg.DagsterEventType.RUN_FAILURE
        [event] = [event for event in result.all_events if event.event_type is kind]
        context = dg.build_run_status_sensor_context(
            sensor_name="x",
            dagster_event=event,
            dagster_instance=instance,
            dagster_run=result.dagster_run,
            resources=resources,
        )
        answer = succeeded_runs(context) if result.success else failed_runs(context.for_run_failure())
        assert isinstance(answer, dg.RunRequest) and answer.run_key == result.run_id
        return answer

    for broken[0] in (True, True, True, False, False, True):
        look()
    assert [body["state"] for body in hook.received] == ["failure", "recovery", "failure"]
    told = hook.received[0]["alerts"][0]
    assert told["what"] == "the job some_job failed (one: another refresh was writing to the lake)"
    assert "Svensson" not in json.dumps(hook.received)


def test_the_checks_own_runs_do_not_start_the_check_again(tmp_path: Path) -> None:
    @dg.op
    def nothing() -> None: ...

    @dg.job(name=concerns_check.name)
    def check() -> None:
        nothing()

    instance = dg.DagsterInstance.ephemeral()
    result = check.execute_in_process(instance=instance)
    [event] = [event for event in result.all_events if event.event_type is dg.DagsterEventType.RUN_SUCCESS]
    context = dg.build_run_status_sensor_context(
        sensor_name="x",
        dagster_event=event,
        dagster_instance=instance,
        dagster_run=result.dagster_run,
        resources={"workspace": Workspace(settings(tmp_path))},
    )
    assert isinstance(run_sensors("live")[1](context), dg.SkipReason)
