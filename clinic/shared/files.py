"""Files of a clinic lie below its own folder and are served by checked views only."""

from django.core.files.storage import FileSystemStorage

from clinic.shared.tenancy import current_schema


class ClinicStorage(FileSystemStorage):
    """Refuses a path outside of the clinic at hand."""

    def path(self, name: str) -> str:
        schema = current_schema()
        if not name.replace("\\", "/").startswith(f"{schema}/"):
            raise PermissionError("This file belongs to another clinic.")
        return str(super().path(name))

    def url(self, name: str | None) -> str:
        raise ValueError("Files have no public address; link the view that checks who asks.")
