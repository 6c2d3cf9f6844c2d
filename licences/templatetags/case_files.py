"""Template filters for the seals of case files."""

from django import template

from licences.proof.case_files import pdf
from licences.proof.case_files.case_file import CaseFile, CaseFileEntry

register = template.Library()

register.filter("seal_lines", pdf.seal_lines)


@register.simple_tag
def explained_code(case: CaseFile, entry: CaseFileEntry) -> int:
    """The sequence of the unlock code that an entry explains, 0 if it is not the one that explains it."""
    return next((code.sequence for code in case.codes if code.entry == entry.number), 0)
