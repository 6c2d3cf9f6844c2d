"""The seals of case files in templates."""

from django import template

from licences.proof import case_pdf

register = template.Library()

register.filter("seal_lines", case_pdf.seal_lines)
