from django.urls import path

from clinic.accounts.guards import open_to_all
from demo import views
from demo.kit_views import drawer, kit, options

_sheet = open_to_all("the component sheet; not installed in production")

urlpatterns = [
    path("demo/", views.start, name="demo-start"),
    path("demo/enter/<str:role>/", views.enter, name="demo-enter"),
    path("kit/", _sheet(kit), name="kit"),
    path("kit/drawer/", _sheet(drawer)),
    path("kit/options/", _sheet(options)),
]
