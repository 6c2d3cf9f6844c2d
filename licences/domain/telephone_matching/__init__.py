"""Names and address lines as they are said on the telephone (docs/domain.md#names-and-addresses-on-the-telephone).

What cannot be heard is no difference: case, blanks, punctuation, accents, known abbreviations. The keys that are stored
(``matching.name_key``, ``matching.address_key``) are made elsewhere and do not change with these rules.
"""

from licences.domain.telephone_matching.addresses import (
    compare_addresses_as_said,
    compare_with_address_on_record,
)
from licences.domain.telephone_matching.comparison import HeardComparison, Likeness
from licences.domain.telephone_matching.names import compare_names_as_said
