from django.apps import AppConfig


class SharedConfig(AppConfig):
    name = "clinic.shared"
    label = "shared"
