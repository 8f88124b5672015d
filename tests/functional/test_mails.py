"""Administration, Mail: what was sent to whom, how it looks, sending it again."""

from datetime import timedelta
from io import BytesIO

import pytest
from sqlalchemy import select

from endi_like.models.jobs import Job
from endi_like.models.mail import MailAttachment, OutgoingMail
from endi_like.services.files import Folder, Vault
from tests.factories import make_mail, make_user, stored
from tests.functional.pages import button, words
from tests.functional.programs import Program

HOSTILE = "<script>alert('é & ü')</script> {{ 7331 * 3 }} ${7331 * 3}"


@pytest.fixture
def boss(db):
    return make_user(db, name="Ada Boss", roles=["admin"])


@pytest.fixture
def admin(boss, login):
    return login(boss)


def test_a_list_of_mails_is_filtered_by_state_recipient_and_template(admin, db):
    make_mail(db, subject="Taken", state="sent", recipient="claire@example.org")
    make_mail(db, subject="Lost", state="refused", recipient_name="Élodie Martin")
    make_mail(db, subject="A link", template="reset")

    assert ["Taken" in admin.get(f"/mails/?{q}") for q in ("state=sent", "q=elo")] == [
        True,
        False,
    ]
    assert "Lost" in admin.get("/mails/?q=elodie")
    assert "Taken" in admin.get("/mails/?q=claire+example")
    page = admin.get("/mails/?template=reset")
    assert "A link" in page
    assert "Lost" not in page


def test_the_newest_mail_comes_first_with_the_time_of_the_organisation(admin, db):
    make_mail(db, subject="First")
    make_mail(db, subject="Second")
    page = words(admin.get("/mails/"))
    assert page.index("Second") < page.index("First")
    assert "20 Nov 2026, 10:00" in page


def test_a_mail_shows_its_text_and_its_way(admin, db):
    mail = make_mail(
        db,
        state="sent",
        sender="office@horizon.example",
        sent_at=make_mail(db).created_at,
        recipient_name="Claire",
        text=f"Hello {HOSTILE}",
    )
    page = admin.get(f"/mails/{mail.id}/")
    assert f"Hello {HOSTILE}" in words(page)
    assert f"<{mail.message_id}@horizon.example>" in words(page)
    assert "Send it" not in page
    assert not page.html.find("main").find("script")


def test_a_mail_as_html_can_do_nothing(admin, db):
    mail = make_mail(db, text=f"Hello {HOSTILE}\n\nhttps://x.example/")
    answer = admin.get(f"/mails/{mail.id}/html")
    assert answer.headers["Content-Security-Policy"].startswith(
        "sandbox; default-src 'none'"
    )
    assert not answer.html.find("script")
    assert answer.html.find("a")["href"] == "https://x.example/"
    assert "21993" not in answer


def test_a_link_that_lets_somebody_in_is_shown_nowhere(admin, db, app, boss):
    link = "https://office.example.org/new-password?token=7.1.abc"
    mail = make_mail(db, text=f"Here:\n\n{link}\n", hidden=link)
    program = Program(app, db, boss)
    for found in (
        admin.get(f"/mails/{mail.id}/"),
        admin.get(f"/mails/{mail.id}/html"),
        program.get(f"/mails/{mail.id}/"),
        program.get("/mails/"),
        admin.get("/mails/export.csv"),
    ):
        assert "token=7" not in found
        assert "Here:" in found or "Your account" in found


def test_the_log_says_who_has_sent_a_mail_again(admin, db, boss, caplog):
    mail = make_mail(db, state="refused")
    page = admin.get(f"/mails/{mail.id}/")
    caplog.set_level("INFO", "endi_like")
    button(page, "send")
    assert f"user {boss.id} sent outgoing_mail {mail.id}: welcome" in caplog.messages


@pytest.mark.parametrize("state", ["waiting", "kept", "refused", "failed"])
def test_a_mail_is_sent_again_once(state, admin, db, clock):
    mail = make_mail(db, state=state, error="550 No such person")
    clock.advance(hours=1)
    page = admin.get(f"/mails/{mail.id}/")
    answer = button(page, "send").follow()
    assert "It will be sent in a moment." in answer
    assert (mail.state, mail.error, mail.due_at) == ("waiting", "", clock())
    assert db.scalars(select(Job.payload)).all() == [f'{{"mail_id": {mail.id}}}']
    button(page, "send", status=409)
    assert len(db.scalars(select(Job)).all()) == 1


def test_a_mail_that_holds_no_more_is_not_sent_again(admin, db, clock):
    until = clock() + timedelta(minutes=30)
    mail = make_mail(db, state="kept", valid_until=until)
    page = admin.get(f"/mails/{mail.id}/")
    clock.advance(minutes=30)
    assert "does not hold any more" in button(page, "send").follow()
    assert mail.state == "kept"
    page = admin.get(f"/mails/{mail.id}/")
    assert "does not hold any more" in words(page)
    assert not [one for one in page.forms.values() if one.action.endswith("/send")]


def test_a_mail_that_was_sent_is_not_sent_again(admin, db):
    mail = make_mail(db, state="kept")
    page = admin.get(f"/mails/{mail.id}/")
    mail.state = "sent"
    db.flush()
    db.refresh(mail)
    form = next(one for one in page.forms.values() if one.action.endswith("/send"))
    form["version"] = mail.version
    form.submit(status=409)
    assert db.scalars(select(Job)).all() == []


def test_a_mail_says_why_it_waits_and_until_when(admin, db, clock):
    mail = make_mail(db, state="kept")
    button(admin.get(f"/mails/{mail.id}/"), "send")
    job = db.scalars(select(Job)).one()
    job.error = "111 Connection refused"
    db.flush()
    page = words(admin.get(f"/mails/{mail.id}/"))
    assert "It is tried next at 20 Nov, 10:00. 111 Connection refused" in page


def test_what_goes_along_is_downloaded_and_does_nothing(admin, db, tmp_path):
    mail = make_mail(db)
    sha256 = Vault(Folder(tmp_path / "files")).put(BytesIO(b"<script>"))
    name = 'Rechnung "12".html\r\nX-Evil: 1'
    file = MailAttachment(
        mail_id=mail.id, name=name, media_type="text/html", size=8, sha256=sha256
    )
    stored(db, file)
    page = admin.get(f"/mails/{mail.id}/")
    assert "1 kB" in words(page)
    answer = admin.get(page.html.select_one(".aside a[href*=attachments]")["href"])
    assert answer.body == b"<script>"
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=")
    assert answer.headers["Content-Security-Policy"].startswith("sandbox")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    admin.get(f"/mails/{mail.id}/attachments/{file.id + 1}/", status=404)
    admin.get(f"/mails/{make_mail(db).id}/attachments/{file.id}/", status=404)


def test_programs_read_mails_too(app, db, boss):
    mail = make_mail(db, state="sent", sent_at=make_mail(db).created_at)
    program = Program(app, db, boss)
    rows = program.get("/mails/?state=sent").json["rows"]
    assert [(row["id"], row["state"]) for row in rows] == [(mail.id, ["sent"])]
    assert rows[0]["sent"] == "2026-11-20T09:00:00+00:00"
    found = program.get(f"/mails/{mail.id}/").json
    assert found["text"].startswith("Hello")
    assert found["recipient"] == mail.recipient


def test_programs_that_may_only_look_send_nothing(app, db, boss):
    mail = make_mail(db, state="kept")
    looking = Program(app, db, boss, read_only=True)
    looking.post(f"/mails/{mail.id}/send", {"version": mail.version}, status=403)
    assert db.scalars(select(OutgoingMail.state)).one() == "kept"


def test_mails_are_exported(admin, db):
    make_mail(db, subject="=1+1")
    text = admin.get("/mails/export.csv").body.decode("utf-8-sig")
    assert "'=1+1" in text
    assert "2026-11-20T09:00:00" in text
    admin.get("/mails/export.xlsx")
