"""A refusal is a value with a stable code (docs/decisions.md#refusals-are-values)."""

from licences.domain.errors import Refusal


def test_it_carries_code_field_and_parameters():
    refusal = Refusal("total-out-of-range", field="quantity", total=-1)
    assert (refusal.code, refusal.field, refusal.parameters) == ("total-out-of-range", "quantity", {"total": -1})


def test_a_field_and_parameters_are_not_needed():
    refusal = Refusal("request-closed")
    assert (refusal.field, refusal.parameters) == (None, {})


def test_in_a_log_it_reads_as_its_code_and_parameters():
    assert str(Refusal("request-closed")) == "request-closed"
    assert str(Refusal("code-length", length=7, expected=(8,))) == "code-length (length=7, expected=(8,))"
