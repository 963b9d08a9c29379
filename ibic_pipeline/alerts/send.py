"""Messages leave the machine: by e-mail, and as JSON to a webhook. Why one could not be sent names no address."""

from __future__ import annotations

import json
import os
import smtplib
import ssl
import stat
import urllib.error
import urllib.request
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from pathlib import Path

from ibic_pipeline.alerts.words import Message
from ibic_pipeline.errors import IbicError
from ibic_pipeline.home import Home
from ibic_pipeline.nights import ENVIRONMENT_PASSWORD, ENVIRONMENT_WEBHOOK, Epost, Larm, checked_url

SECONDS = 20


class NotSent(Exception):
    """A message did not leave; the text says why, without address or password."""


def channels(home: Home) -> list[str]:
    """How the county is told: ``epost``, ``webhook``, both or none."""
    larm = home.lan.larm
    return [name for name, used in (("epost", larm.epost is not None), ("webhook", bool(_url(larm)))) if used]


def send(home: Home, channel: str, message: Message) -> None:
    """Send a message by one channel.

    Raises:
        NotSent: the server does not answer, refuses, or settings are wrong.
    """
    try:
        if channel == "epost":
            assert home.lan.larm.epost is not None  # noqa: S101 (for the type; it is one of ``channels``)
            _by_mail(home.lan.larm.epost, _password(home), message)
        else:
            _to_webhook(checked_url(_url(home.lan.larm)), message)
    except IbicError as error:
        raise NotSent(str(error)) from None
    except (smtplib.SMTPException, OSError) as error:  # a certificate that does not hold is a ValueError, too
        raise NotSent(type(error).__name__) from None
    except ValueError:
        raise NotSent(f"{ENVIRONMENT_WEBHOOK} is no https address") from None


def _url(larm: Larm) -> str:
    return os.environ.get(ENVIRONMENT_WEBHOOK, "") or (larm.webhook.url if larm.webhook and larm.webhook.url else "")


def _by_mail(epost: Epost, password: str | None, message: Message) -> None:
    letter = EmailMessage()
    letter["Subject"] = message.subject
    letter["From"] = epost.fran
    letter["To"] = ", ".join(epost.till)
    letter["Date"] = formatdate(localtime=False)
    letter["Message-ID"] = make_msgid(domain=epost.fran.rpartition("@")[2])
    letter["Auto-Submitted"] = "auto-generated"
    letter.set_content(message.text)
    context = ssl.create_default_context()
    if epost.skydd == "tls":
        server: smtplib.SMTP = smtplib.SMTP_SSL(epost.server, epost.port, timeout=SECONDS, context=context)
    else:
        server = smtplib.SMTP(epost.server, epost.port, timeout=SECONDS)
    with server:
        if epost.skydd == "starttls":
            server.starttls(context=context)
        if epost.anvandare is not None:
            server.login(epost.anvandare, password or "")
        server.send_message(letter)


def _password(home: Home) -> str | None:
    """From the environment, or from a file that only this user may read.

    Raises:
        IbicError: others may read the file.
    """
    said = os.environ.get(ENVIRONMENT_PASSWORD)
    path = home.nycklar / "larm.losenord"
    if said or not path.is_file():
        return said
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        raise IbicError(f"{path.name} that only this user may read", "one that others may read", f"chmod 600 {path}")
    return Path(path).read_text(encoding="utf-8").strip()


def _to_webhook(url: str, message: Message) -> None:
    body = json.dumps({"text": f"{message.subject}\n\n{message.text}", **message.content}, ensure_ascii=False).encode()
    request = urllib.request.Request(  # noqa: S310 (https, or http on this machine: ``checked_url``)
        url, data=body, headers={"Content-Type": "application/json; charset=utf-8"}, method="POST"
    )
    opener = urllib.request.build_opener(_NoRedirect)
    with opener.open(request, timeout=SECONDS) as answer:
        answer.read(1024)


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """What is sent goes to the address that was given and to no other."""

    def redirect_request(self, *_: object, **__: object) -> None:
        return None
