"""The e-mail with an unlock code: the sheet as text, and the licence file attached."""

from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from licences.domain.codes import grouped
from licences.licence_files import file_name
from licences.operations.codes import licence_file_text
from licences.queries.sheets import Sheet

CONTENT_TYPE = "application/jose"


class DeliveryMessage(EmailMessage):
    """A message whose outcome the mail queue reports to the delivery with this primary key, and its language."""

    delivery: int
    language: str


def unlock_code_message(sheet: Sheet, *, to: str, language: str, delivery: int) -> EmailMessage:
    """Return the e-mail to ``to`` with a sheet's unlock code as text, and its licence file attached; sends nothing.

    ``language`` is "de" or "en"; ``delivery`` the primary key of the ``CodeDelivery`` that learns what became of it.
    """
    code = sheet.code
    with translation.override(language):
        about = {"serial": grouped(code.serial.code), "site_id": grouped(code.installation.site_id)}
        subject = _("Unlock code for serial number %(serial)s") % about
        body = render_to_string("licences/email/unlock_code.txt", {**sheet.context(), "language": language})
    message = DeliveryMessage(subject, body, to=[to])
    message.delivery, message.language = delivery, language
    message.attach(file_name(code.serial.code, code.sequence), licence_file_text(code), CONTENT_TYPE)
    return message
