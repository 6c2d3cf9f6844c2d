"""Which versions need Software Assurance, as the releases say (docs/domain.md#versions-and-software-assurance)."""

from licences.domain.entitlements import DEFAULT_POLICY, VersionPolicy
from licences.domain.versions import Version
from tests.tables import each_row


def policy(**releases: bool) -> VersionPolicy:
    return VersionPolicy.of(
        (Version.parse(version.strip("v").replace("_", ".")), assured) for version, assured in releases.items()
    )


def test_without_releases_it_is_the_rule_of_old():
    assert VersionPolicy.of([]) == DEFAULT_POLICY
    assert DEFAULT_POLICY.first_assured == Version.parse("2.5")


def test_the_lowest_release_that_needs_cover_draws_the_line_in_any_order():
    found = policy(v3_1=True, v2_4=False, v3_0=True, v2_6=False)

    assert found == VersionPolicy(Version.parse("3.0"), "2.6")
    assert found.is_free(Version.parse("2.9"))
    assert not found.is_free(Version.parse("3.0"))


def test_a_release_beyond_the_line_that_is_marked_free_moves_nothing():
    assert policy(v2_4=False, v2_5=True, v2_6=False) == VersionPolicy(Version.parse("2.5"), "2.4")


def test_a_table_that_only_knows_old_releases_leaves_the_line_of_old():
    assert policy(v2_2=False, v2_3=False) == VersionPolicy(Version.parse("2.5"), "2.3")


def test_where_a_later_release_is_free_and_none_needs_cover_all_are_free():
    found = policy(v2_4=False, v2_6=False)

    assert found.first_assured is None
    assert found.is_free(Version.parse("9"))


@each_row("version", ["2.5", "2.5.0"])
def test_the_line_itself_needs_cover(version):
    assert not DEFAULT_POLICY.is_free(Version.parse(version))
