from importlib import import_module

from django.apps import AppConfig

from clinic.roof.words import name_columns


class RoofConfig(AppConfig):
    name = "clinic.roof"
    label = "roof"

    def ready(self) -> None:
        import_module("clinic.celery")
        import_module("clinic.workflows")
        name_columns()
