"""Describing, releasing, removing and erasing files of patients; their content never changes."""

import datetime as dt

from django.core.files.storage import default_storage
from django.utils import timezone
from django.utils.translation import gettext as _

from clinic.accounts.models import User
from clinic.patients.models import Patient
from clinic.shared.actions import action
from clinic.shared.errors import Conflict, Forbidden
from emr.actions.files import described, tell_of_files
from emr.models import File
from emr.permissions import may_change_file


@action
def describe_file(*, file: File, kind: str, title: str, taken_on: dt.date, audience: str, by: User | None) -> File:
    """Change what is said of a file and who sees it; its content never changes."""
    file = _to_change(file, by)
    for name, value in described(kind=kind, title=title, taken_on=taken_on, audience=audience).items():
        setattr(file, name, value)
    file.save()
    tell_of_files()
    return file


@action
def release_file(*, file: File, by: User | None) -> File:
    """Let the patient see it in her own pages. Again changes nothing."""
    file = _to_change(file, by)
    if file.released_at is None:
        file.released_at, file.released_by = timezone.now(), by
        file.save()
        tell_of_files()
    return file


@action
def hold_back_file(*, file: File, by: User | None) -> File:
    """The patient does not see it any more."""
    file = _to_change(file, by)
    if file.released_at is not None:
        file.released_at = file.released_by = None
        file.save()
        tell_of_files()
    return file


@action
def remove_file(*, file: File, by: User | None) -> File:
    """Put a file out of everybody's sight; the row and the content stay for the history."""
    file = _to_change(file, by)
    file.removed_at, file.removed_by = timezone.now(), by
    file.released_at = file.released_by = None
    file.save()
    tell_of_files()
    return file


@action
def restore_file(*, file: File, by: User | None) -> File:
    """Take a removal back."""
    file = File.objects.select_for_update().get(pk=file.pk)
    if by is not None and not may_change_file(by, file):
        raise Forbidden(_("Your role does not change this file."))
    file.removed_at = file.removed_by = None
    file.save()
    tell_of_files()
    return file


@action
def erase_files(*, patient: Patient, by: User | None) -> int:
    """Destroy the content of all files of a patient who is being erased; rows stay without words. Returns how many."""
    files = list(File.objects.select_for_update().filter(patient=patient).exclude(stored=""))
    for file in files:
        for name in filter(None, (file.stored, file.stored_thumb, file.stored_page)):
            default_storage.delete(name)
        file.stored = file.stored_thumb = file.stored_page = file.title = file.sha256 = ""
        file.removed_at, file.removed_by = file.removed_at or timezone.now(), file.removed_by or by
        file.save()
    return len(files)


def _to_change(file: File, by: User | None) -> File:
    file = File.objects.select_for_update().get(pk=file.pk)
    if by is not None and not may_change_file(by, file):
        raise Forbidden(_("Your role does not change this file."))
    if file.removed_at:
        raise Conflict(_("This file was removed."))
    return file
