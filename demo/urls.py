from django.urls import path

from clinic.accounts.guards import open_to_all
from demo import bank_views, views
from demo.kit_views import drawer, kit, options

_sheet = open_to_all("the component sheet; not installed in production")

urlpatterns = [
    path("demo/", views.start, name="demo-start"),
    path("demo/enter/<str:role>/", views.enter, name="demo-enter"),
    path("demo-bank/pg/v4/payment/<str:what>.json", bank_views.call, name="demo-bank-call"),
    path("demo-bank/pg/StartPay/<str:authority>", bank_views.page, name="demo-bank"),
    path("kit/", _sheet(kit), name="kit"),
    path("kit/drawer/", _sheet(drawer)),
    path("kit/options/", _sheet(options)),
]
