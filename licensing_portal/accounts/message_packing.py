"""E-mails as JSON values, as the mail queue stores them."""

from base64 import b64decode, b64encode
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage, EmailMultiAlternatives, get_connection
from django.utils.translation import get_language

from licensing_portal.accounts.mail_html import mail_html

Content = dict[str, Any]
_LISTS = ("to", "cc", "bcc", "reply_to")


def pack_message(message: EmailMessage) -> Content:
    """Return the message as JSON values, with its text as HTML beside it if it has no other form yet."""
    return {
        "subject": str(message.subject),
        "body": str(message.body),
        "from_email": message.from_email,
        "headers": {name: str(value) for name, value in message.extra_headers.items()},
        "subtype": message.content_subtype,
        "alternatives": _alternatives(message),
        "attachments": [_packed_attachment(*each) for each in message.attachments],
        **{name: [str(address) for address in getattr(message, name)] for name in _LISTS},
    }


def _alternatives(message: EmailMessage) -> list[list[str]]:
    given = [[str(text), str(kind)] for text, kind in getattr(message, "alternatives", ())]
    if given or message.content_subtype != "plain":
        return given
    language = getattr(message, "language", None) or get_language() or settings.LANGUAGE_CODE
    return [[mail_html(str(message.body), title=str(message.subject), language=language), "text/html"]]


def _packed_attachment(name: str, content: str | bytes, kind: str) -> Content:
    is_text = isinstance(content, str)
    data = content.encode() if isinstance(content, str) else content
    return {"name": name, "kind": kind, "is_text": is_text, "data": b64encode(data).decode()}


def unpack_message(packed: Content) -> EmailMessage:
    """Return the message that ``pack_message`` was given, to be sent by ``settings.MAIL_TRANSPORT``."""
    lists = {name: packed[name] for name in _LISTS}
    message = EmailMultiAlternatives(
        packed["subject"],
        packed["body"],
        packed["from_email"],
        headers=packed["headers"],
        alternatives=[(text, kind) for text, kind in packed["alternatives"]],
        connection=get_connection(settings.MAIL_TRANSPORT),
        **lists,
    )
    message.content_subtype = packed["subtype"]
    for each in packed["attachments"]:
        data = b64decode(each["data"])
        message.attach(each["name"], data.decode() if each["is_text"] else data, each["kind"])
    return message
