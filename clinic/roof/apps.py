from importlib import import_module

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules

from clinic.roof.words import name_columns


class RoofConfig(AppConfig):
    name = "clinic.roof"
    label = "roof"

    def ready(self) -> None:
        import_module("clinic.celery")
        import_module("clinic.workflows")
        autodiscover_modules("queries")  # kinds of moments and tiles of the chart make themselves known
        name_columns()
