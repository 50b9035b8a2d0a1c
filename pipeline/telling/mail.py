"""Mail: a digest or an alert as a message, and the message to its server."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Sequence
from contextlib import closing, suppress
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from ipaddress import ip_address

from pipeline.digest import Digest, clean
from pipeline.home import Mail
from pipeline.telling.layout import laid_out
from pipeline.telling.post import Post, UndeliveredError, answered
from pipeline.telling.render import to_html, to_text
from pipeline.telling.tongue import Said, Tongue


def message(digest: Digest, name: str, sender: str, receiver: str) -> EmailMessage:
    """The digest as a mail: text and HTML, in one message that says it was made by a machine."""
    mail = EmailMessage()
    host = Address(addr_spec=sender).domain or "localhost"
    mail["Subject"] = laid_out(digest).subject
    mail["From"] = Address("Vigie", addr_spec=sender)
    mail["To"] = receiver
    mail["Date"] = format_datetime(digest.made_at)
    mail["Message-ID"] = f"<{name}@{host}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(to_text(digest))
    mail.add_alternative(to_html(digest), subtype="html")
    mail["Content-Language"] = digest.language  # setting the content takes such headers away
    return mail


def alert(worst: Sequence[Said], tongue: Tongue, now: datetime, receiver: str, post: Post) -> None:
    """Tell the person who runs this home, in their language, what needs one. Raises UndeliveredError."""
    lines = [clean(tongue.of(one)) for one in worst]
    mail = EmailMessage()
    mail["Subject"] = tongue.say("alert", first=lines[0][:150])
    mail["From"] = Address("Vigie", addr_spec=sender_of(post.mail))
    mail["To"] = receiver
    mail["Date"] = format_datetime(now)
    mail["Auto-Submitted"] = "auto-generated"
    where = tongue.say("the_home", folder=post.folder.resolve())
    mail.set_content("\n".join([*lines, "", where, tongue.say("the_code")]) + "\n")
    mail["Content-Language"] = tongue.language
    send_mail(mail, post)


def sender_of(mail: Mail) -> str:
    """The address that mails come from."""
    return mail.sender or (mail.user if "@" in mail.user else "") or "vigie@localhost"


def send_mail(letter: EmailMessage, post: Post) -> None:
    """Hand a message to the mail server. Raises UndeliveredError."""
    mail = post.mail
    here = _is_here(mail.host)
    tls = mail.tls or ("none" if here else "starttls")
    if tls == "none" and not here:
        raise UndeliveredError("unencrypted", host=mail.host, passing=False)
    port = mail.port or {"tls": 465, "starttls": 587}.get(tls, 25)
    try:
        with closing(_server(mail, port, tls, post.timeout)) as server:
            if mail.user:
                server.login(mail.user, post.secrets.get("VIGIE_SMTP_PASSWORD", ""))
            server.send_message(letter)
            with suppress(OSError, smtplib.SMTPException):  # it has arrived, however we part
                server.quit()
    except ssl.SSLCertVerificationError as fault:
        raise UndeliveredError("answered", where=mail.host, answer=fault.verify_message, passing=False) from None
    except smtplib.SMTPRecipientsRefused as fault:
        code, said = next(iter(fault.recipients.values()))
        answer = f"{code} {answered(said)}"
        raise UndeliveredError("answered", where=mail.host, answer=answer, passing=code < 500) from None
    except smtplib.SMTPResponseException as fault:
        answer = f"{fault.smtp_code} {answered(fault.smtp_error)}"
        raise UndeliveredError("answered", where=mail.host, answer=answer, passing=fault.smtp_code < 500) from None
    except smtplib.SMTPNotSupportedError as fault:
        raise UndeliveredError("answered", where=mail.host, answer=answered(str(fault)), passing=False) from None
    except (OSError, smtplib.SMTPException) as fault:
        why = "no_mail_server" if here and isinstance(fault, ConnectionRefusedError) else "answered"
        answer = answered(getattr(fault, "strerror", None) or str(fault))
        raise UndeliveredError(why, where=mail.host, answer=answer, passing=True) from None


def _server(mail: Mail, port: int, tls: str, timeout: float) -> smtplib.SMTP:
    """A connection to the mail server, encrypted where it is to be; the certificate is checked."""
    secure = ssl.create_default_context()
    if tls == "tls":
        return smtplib.SMTP_SSL(mail.host, port, timeout=timeout, context=secure)
    server = smtplib.SMTP(mail.host, port, timeout=timeout)
    if tls == "starttls":
        server.starttls(context=secure)
    return server


def _is_here(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
