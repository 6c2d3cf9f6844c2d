"""Profiles of senders: found by the titles of a file, saved, deleted, and carried to another portal as JSON.

The rule is docs/imports.md#profiles. Every change is an event.
"""

import codecs
import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import IntegrityError, transaction

from licences.domain.errors import Refusal
from licences.imports.kinds import import_kind_named
from licences.imports.rows.sender_rows import DEFAULT_COLUMNS
from licences.models import Event, FileImport, SenderProfile
from licences.operations.events import record_event
from licences.spreadsheets.headers import KnownShape, ReadingHints, folded_title, shape_of

_CARRIED = (
    "name",
    "kind",
    "titles",
    "columns",
    "encoding",
    "delimiter",
    "decimal_style",
    "totals_words",
    "defaults",
    "has_own_numbers",
)
FORMAT = "xchange-sender-profiles/1"
ADDED_COLUMNS = ROW_COLUMN, ERROR_COLUMN = "row", "error"  # of a file of rejected rows, behind the sender's columns
_ADDED_SHAPE = "\n" + shape_of(ADDED_COLUMNS)


# --- Reading by a profile --------------------------------------------------------------------------------


def reading_hints(kind: str, *, profile: SenderProfile | None = None, guess: bool = False) -> ReadingHints:
    """What is known about the columns of files of a kind, a value of ``FileImport.Kind``, before one is opened.

    That is names of columns, and the headers of all profiles of senders; with ``profile``, only its own, its encoding
    and its delimiter. ``guess``: columns that no name says are to be guessed.
    """
    found = import_kind_named(kind)
    known = [profile] if profile else SenderProfile.objects.filter(kind=kind)
    return ReadingHints(
        overruling=_titles_of(profile) if profile else found.overruling_names,
        names=found.column_names,
        shapes={shape: known_shape for each in known for shape, known_shape in _shapes_of(each).items()},
        encoding=profile.encoding if profile else "",
        delimiter=profile.delimiter if profile else "",
        guess=guess,
    )


def _shapes_of(profile: SenderProfile) -> dict[str, KnownShape]:
    """Shape of a header → columns, for files of a profile: as its sender makes them, and as rejected rows come back."""
    shape = KnownShape(tuple(profile.columns), frozenset(profile.defaults))
    return dict.fromkeys((shape_of(profile.titles), shape_of(profile.titles) + _ADDED_SHAPE), shape)


def _titles_of(profile: SenderProfile) -> dict[str, str]:
    """Folded title → column, for a file of the profile whose columns are in another order."""
    named = zip(profile.titles, profile.columns, strict=True)
    return {folded_title(title): column for title, column in named if column and folded_title(title)}


def profile_of_shape(kind: str, shape: str) -> SenderProfile | None:
    """The profile of files of this kind whose header has this shape (``shape_of``), if there is one.

    Rejected rows that come back corrected belong to the profile of their file.
    """
    shapes = [_digest(each) for each in (shape, shape.removesuffix(_ADDED_SHAPE)) if each]
    return SenderProfile.objects.filter(kind=kind, shape__in=shapes).first()


def profile_named(kind: str, name: str) -> SenderProfile:
    """The profile of that name, in any case. ``Refusal``: ``profile-unknown``, with the names that there are."""
    found = SenderProfile.objects.filter(kind=kind, name_key=_name_key(name)).first()
    if found is None:
        names = sorted(SenderProfile.objects.filter(kind=kind).values_list("name", flat=True))
        raise Refusal("profile-unknown", profile=name, names=names or ["–"])
    return found


def _name_key(name: str) -> str:
    """The name of a profile as names are compared: with single blanks, in any case."""
    return " ".join(name.split()).casefold()


def _digest(shape: str) -> str:
    """The digest of a shape, 64 hexadecimal digits."""
    return hashlib.sha256(shape.encode("utf-8", "replace")).hexdigest()


# --- Writing -----------------------------------------------------------------------------------------------


def check_profile(profile: SenderProfile) -> None:
    """Tidy up a profile that is to be saved, and compute its keys. Writes nothing.

    ``Refusal``: ``profile-unnamed``, ``profile-name-taken``, ``profile-shape-taken`` (another profile has these
    titles), ``profile-column-unknown``, ``columns-twice``, ``columns-missing``, ``profile-encoding-unknown``.
    """
    profile.name = " ".join(profile.name.split())
    profile.columns = [*profile.columns, *[""] * len(profile.titles)][: len(profile.titles)]
    profile.defaults = {column: text.strip() for column, text in profile.defaults.items() if text.strip()}
    _refuse_faulty(profile)
    profile.shape, profile.name_key = _digest(shape_of(profile.titles)), _name_key(profile.name)
    others = SenderProfile.objects.exclude(pk=profile.pk)
    if others.filter(name_key=profile.name_key).exists():
        raise Refusal("profile-name-taken", field="name", profile=profile.name)
    if other := others.filter(kind=profile.kind, shape=profile.shape).first():
        raise Refusal("profile-shape-taken", profile=other.name)


@transaction.atomic
def save_profile(profile: SenderProfile, *, by: str, source: Mapping[str, str] | None = None) -> SenderProfile:
    """Save a new or changed profile of a sender, with one event that has all of it. Returns it.

    ``by`` is a username; ``source`` is added to the event. ``Refusal``: ``profile-unnamed``, ``profile-name-taken``,
    ``profile-shape-taken`` (another profile has these titles), ``profile-column-unknown``, ``columns-twice``,
    ``columns-missing``, ``profile-encoding-unknown``.
    """
    check_profile(profile)
    profile.changed_by = by
    try:
        with transaction.atomic():
            profile.save()
    except IntegrityError:  # somebody else saved one of this name at the same moment
        raise Refusal("profile-name-taken", field="name", profile=profile.name) from None
    details = {"profile": profile.pk, "saved": profile_json(profile), **(source or {})}
    record_event(Event.Kind.PROFILE_CHANGED, by=by, details=details)
    return profile


def _refuse_faulty(profile: SenderProfile) -> None:
    """Refuse a profile by which no file could be read.

    ``Refusal``: ``profile-unnamed``, ``columns-twice``, ``columns-missing``, ``profile-column-unknown``,
    ``profile-encoding-unknown``.
    """
    kind = import_kind_named(profile.kind)
    if not profile.name:
        raise Refusal("profile-unnamed", field="name")
    named = [column for column in profile.columns if column]
    for column in [*named, *profile.defaults]:
        if column not in kind.columns or (column in profile.defaults and column not in DEFAULT_COLUMNS):
            raise Refusal("profile-column-unknown", column=column)
    if twice := sorted({column for column in named if named.count(column) > 1}):
        raise Refusal("columns-twice", columns=twice)
    if missing := [column for column in kind.required_columns if column not in {*named, *profile.defaults}]:
        raise Refusal("columns-missing", columns=missing)
    if profile.encoding:
        try:
            codecs.lookup(profile.encoding)
        except LookupError:
            raise Refusal("profile-encoding-unknown", field="encoding", encoding=profile.encoding) from None


@transaction.atomic
def delete_profile(profile: SenderProfile, *, by: str) -> None:
    """Delete a profile, with one event. Imports that were read by it keep its name. ``by`` is a username."""
    details = {"profile": profile.pk, "deleted": profile_json(profile)}
    profile.delete()
    record_event(Event.Kind.PROFILE_CHANGED, by=by, details=details)


# --- Columns that a person names ---------------------------------------------------------------------------


@transaction.atomic
def assign_columns(profile: SenderProfile, *, file_import_id: int, by: str) -> FileImport:
    """Save the profile of a file that waits for its columns; a worker then reads the file by it.

    Returns the import, now ``WAITING``. ``by`` is a username. ``Refusal``: ``import-not-waiting`` (also for a second
    call), ``profile-unnamed``, ``profile-name-taken``, ``profile-shape-taken`` (another profile has these titles),
    ``profile-column-unknown``, ``columns-twice``, ``columns-missing``, ``profile-encoding-unknown``. Rule:
    docs/imports.md#profiles.
    """
    file_import = FileImport.objects.select_for_update(no_key=True).get(pk=file_import_id)
    if not file_import.awaits_columns:
        raise Refusal("import-not-waiting")
    file_import.profile = save_profile(profile, by=by)
    file_import.state, file_import.failure, file_import.attempts = FileImport.State.WAITING, {}, 0
    file_import.save(update_fields=["profile", "state", "failure", "attempts"])
    return file_import


# --- JSON --------------------------------------------------------------------------------------------------


def profile_json(profile: SenderProfile) -> dict[str, Any]:
    """A profile as JSON values, by name, without the keys of this database, so that another portal can read it."""
    values = {name: getattr(profile, name) for name in _CARRIED}
    return values | {"kind": str(profile.kind)}  # of a new profile it is a member of the enumeration


def export_profiles(names: Sequence[str] = ()) -> str:
    """All profiles, or those of these names, as a JSON text. ``Refusal``: ``profile-unknown``."""
    profiles = SenderProfile.objects.order_by("name")
    known = {profile.name_key: profile for profile in profiles}
    for name in names:
        if _name_key(name) not in known:
            raise Refusal("profile-unknown", profile=name, names=sorted(each.name for each in profiles) or ["–"])
    wanted = [known[_name_key(name)] for name in names] if names else list(profiles)
    content = {"format": FORMAT, "profiles": [profile_json(profile) for profile in wanted]}
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"


@transaction.atomic
def import_profiles(text: str, *, by: str, source: Mapping[str, str] | None = None) -> dict[str, int]:
    """Save the profiles of a JSON text, all or none; one of the same name is replaced. Idempotent.

    ``text`` is what ``export_profiles`` returns, ``by`` a username; ``source`` is added to the events. Returns how many
    were ``new``, ``changed`` and ``unchanged``. ``Refusal``: ``profiles-not-json``, ``profile-unnamed``,
    ``profile-shape-taken`` (another profile has these titles), ``profile-column-unknown``, ``columns-twice``,
    ``columns-missing``, ``profile-encoding-unknown``. Rule: docs/imports.md#profiles.
    """
    counts = {"new": 0, "changed": 0, "unchanged": 0}
    for values in _profiles_of(text):
        known = SenderProfile.objects.filter(name_key=_name_key(values["name"])).first()
        if known and profile_json(known) == values:
            counts["unchanged"] += 1
            continue
        profile = known or SenderProfile()
        for name, value in values.items():
            setattr(profile, name, value)
        save_profile(profile, by=by, source=source)
        counts["changed" if known else "new"] += 1
    return counts


def _profiles_of(text: str) -> list[dict[str, Any]]:
    """The values of the profiles in a JSON text, complete. ``Refusal``: ``profiles-not-json``."""
    try:
        content = json.loads(text)
    except ValueError:
        raise Refusal("profiles-not-json") from None
    listed = content.get("profiles") if isinstance(content, dict) and content.get("format") == FORMAT else None
    if not isinstance(listed, list):
        raise Refusal("profiles-not-json")
    return [_checked(values) for values in listed]


def _checked(values: Any) -> dict[str, Any]:
    """The values of one profile in a JSON text, with defaults for those that it leaves out.

    ``Refusal``: ``profiles-not-json`` for an unknown name, and for a value of another type, too long or not among the
    choices.
    """
    empty = profile_json(SenderProfile())
    if not isinstance(values, dict) or not set(values) <= set(empty):
        raise Refusal("profiles-not-json")
    complete = {**empty, **values}
    lengths = {name: getattr(SenderProfile._meta.get_field(name), "max_length", None) for name in _CARRIED}
    for name, value in complete.items():
        if type(value) is not type(empty[name]) or (isinstance(value, str) and len(value) > (lengths[name] or 0)):
            raise Refusal("profiles-not-json")
    texts = [*complete["titles"], *complete["columns"], *complete["defaults"], *complete["defaults"].values()]
    choices = [
        (FileImport.Kind, "kind"),
        (SenderProfile.Delimiter, "delimiter"),
        (SenderProfile.DecimalStyle, "decimal_style"),
    ]
    allowed = all(not complete[name] or complete[name] in listed.values for listed, name in choices)
    if not complete["titles"] or not all(isinstance(each, str) for each in texts) or not allowed:
        raise Refusal("profiles-not-json")
    return complete
