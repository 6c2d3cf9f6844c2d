"""Pages of Django's administration speak German throughout, also where Django itself has no German yet."""

import pytest

from licensing_portal.borrowed_sentences import SENTENCES

OURS = ("How the user logs in", "With a password", "Roles, name and e-mail follow")


@pytest.mark.parametrize("page", ["add/", "{}/change/", "{}/password/"])
def test_the_pages_of_a_user(administrator, clerk, as_user, page):
    clerk.set_unusable_password()
    clerk.save()
    address = f"/admin/auth/user/{page.format(clerk.pk)}"

    german = as_user(administrator).get(address, headers={"accept-language": "de"})

    assert german.headers["Content-Language"] == "de"
    english = [
        sentence for sentence in (*SENTENCES, *OURS, "Whether the user will", "Enabled") if sentence in german.text
    ]
    assert english == []
