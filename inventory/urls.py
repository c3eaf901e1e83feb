"""Addresses of this app: pages and fragments, and the API's part below /api/v1/."""

from django.urls import path

from inventory import api
from inventory.views import moves, setup, stock, visit

app_name = "inventory"
urlpatterns = [
    path("stock/", stock.stock, name="stock"),
    path("stock/low/", stock.low, name="low"),
    path("stock/shortages/", stock.shortages, name="shortages"),
    path("stock/receive/", moves.receive, name="receive"),
    path("stock/items/new/", setup.item_new, name="item_new"),
    path("stock/items/search/", stock.search, name="search"),
    path("stock/items/<int:pk>/", stock.item, name="item"),
    path("stock/items/<int:pk>/edit/", setup.item_edit, name="item_edit"),
    path("stock/items/<int:pk>/count/", moves.count, name="count"),
    path("stock/lots/<int:pk>/adjust/", moves.adjust, name="adjust"),
    path("stock/templates/", setup.templates, name="templates"),
    path("stock/templates/<int:service_id>/", setup.template_line, name="template_line"),
    path("stock/templates/<int:service_id>/<int:item_id>/remove/", setup.template_remove, name="template_remove"),
    path("stock/for-visit/<int:visit_id>/", visit.for_visit, name="for_visit"),
    path("stock/for-visit/<int:visit_id>/set/", visit.set_line, name="set_line"),
]
api_patterns = [
    path("items/", api.Items.as_view()),
    path("stock-movements/", api.StockMovements.as_view()),
]
