"""What a mail looks like on its way: headers, text, page, attachments."""

import email
from datetime import timedelta
from email.policy import SMTP, default

import pytest

from endi_like.models.mail import MailAttachment, OutgoingMail
from endi_like.services.mail.message import compose, html, paragraphs
from tests.factories import NOW

SENDER = "office@horizon.example"


def mail(**columns):
    usual = {
        "language": "fr",
        "sender_name": "Coopérative Horizon",
        "reply_to": "atelier@horizon.example",
        "recipient": "claire@example.org",
        "recipient_name": "Claire Martin",
        "subject": "Votre mot de passe",
        "text": "Bonjour,\n\nvoici un lien.",
        "message_id": "0" * 32,
        "due_at": NOW,
        "created_at": NOW,
    }
    return OutgoingMail(**usual | columns)


def travelled(found, files=()):
    """Return a mail as it arrives."""
    data = compose(found, SENDER, list(files)).as_bytes()
    return email.message_from_bytes(data, policy=default)


def test_a_mail_names_who_it_is_from_and_for_and_where_answers_go():
    arrived = travelled(mail())
    assert arrived["From"] == "Coopérative Horizon <office@horizon.example>"
    assert arrived["To"] == "Claire Martin <claire@example.org>"
    assert arrived["Reply-To"] == "Coopérative Horizon <atelier@horizon.example>"
    assert arrived["Subject"] == "Votre mot de passe"
    assert arrived["Message-ID"] == f"<{'0' * 32}@horizon.example>"
    assert arrived["Date"].datetime == NOW
    assert arrived["Auto-Submitted"] == "auto-generated"


def test_a_mail_without_an_address_for_answers_is_answered_to_its_sender():
    assert travelled(mail(reply_to=""))["Reply-To"] is None


def test_a_mail_is_its_text_and_the_same_as_a_page():
    text = "Total : 12 €\n\nhttps://x.example/a?b=1&c=2."
    plain, page = travelled(mail(text=text)).iter_parts()
    assert plain.get_content().splitlines() == text.splitlines()
    written = page.get_content()
    assert '<a href="https://x.example/a?b=1&amp;c=2">' in written
    assert '<html lang="fr">' in written
    assert "style" not in written


def test_what_a_value_holds_is_text_on_the_page_too():
    page = html(mail(text="<script>x()</script> & javascript:x()", subject="<b>"))
    assert "&lt;script&gt;" in page
    assert "<script" not in page
    assert "href" not in page


def test_every_line_that_travels_ends_as_mail_servers_want_it_and_is_short():
    text = "é" * 5000 + "\n" + "word " * 2000
    data = compose(mail(text=text, subject="é" * 200), SENDER, []).as_bytes(policy=SMTP)
    assert b"\n" not in data.replace(b"\r\n", b"")
    assert data.isascii()
    assert max(map(len, data.split(b"\r\n"))) <= 998


def test_files_go_along_under_their_names():
    file = MailAttachment(
        name="Facture n° 12.pdf", media_type="application/pdf", size=5, sha256="0" * 64
    )
    arrived = travelled(mail(attachments=[file]), [b"%PDF\xff"])
    (found,) = arrived.iter_attachments()
    assert found.get_filename() == "Facture n° 12.pdf"
    assert found.get_content_type() == "application/pdf"
    assert found.get_content() == b"%PDF\xff"


def test_a_domain_with_accents_is_written_as_every_server_knows_it():
    arrived = travelled(mail(recipient="claire@exämple.org"))
    assert arrived["To"].addresses[0].domain == "xn--exmple-cua.org"


@pytest.mark.parametrize("evil", ["x\r\nBcc: evil@example.org", "x\nBcc: e@x.org"])
def test_I8_no_name_becomes_a_header(evil):
    with pytest.raises(ValueError, match="(?i)newline|cr|lf|line"):
        compose(mail(recipient_name=evil), SENDER, [])


def test_a_time_that_was_put_off_is_the_date_of_the_mail():
    later = NOW + timedelta(days=1)
    assert travelled(mail(due_at=later))["Date"].datetime == later


def test_paragraphs_are_kept_and_links_end_where_the_sentence_goes_on():
    (first,), (second, third) = paragraphs(
        "\n\nsee (https://x.example/y).\n\n\nnext\nline\n"
    )
    assert [(part.text, part.url) for part in first] == [
        ("see (", ""),
        ("https://x.example/y", "https://x.example/y"),
        (").", ""),
    ]
    assert [part.text for part in (*second, *third)] == ["next", "line"]
