"""Template filters for the seals of case files."""

from django import template

from licences.proof.case_files import pdf

register = template.Library()

register.filter("seal_lines", pdf.seal_lines)
