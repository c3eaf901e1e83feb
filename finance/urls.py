"""Addresses of this app: pages and fragments, and the API's part below /api/v1/."""

from django.urls import path

from finance import api, views

app_name = "finance"
urlpatterns = [
    path("finance/", views.day_page, name="day"),
    path("finance/day/", views.day_part, name="day_part"),
    path("finance/checkout/<int:visit_id>/", views.checkout, name="checkout"),
    path("finance/in-words/", views.in_words, name="in_words"),
    path("finance/for-visit/<int:visit_id>/", views.for_visit, name="for_visit"),
    path("finance/for-patient/<int:patient_id>/", views.for_patient, name="for_patient"),
    path("finance/deposit/<int:patient_id>/", views.deposit, name="deposit"),
    path("finance/invoices/<int:pk>/", views.invoice_page, name="invoice"),
    path("finance/invoices/<int:pk>/pay/", views.pay_invoice, name="pay"),
    path("finance/invoices/<int:pk>/cancel/", views.cancel, name="cancel"),
    path("finance/payments/<int:pk>/receipt/", views.receipt, name="receipt"),
    path("finance/payments/<int:pk>/refund/", views.refund, name="refund"),
    path("finance/cash/", views.cash_page, name="cash"),
    path("finance/cash/part/", views.cash_part, name="cash_part"),
    path("finance/desks/<int:pk>/open/", views.open_desk, name="open_desk"),
    path("finance/shifts/<int:pk>/", views.shift_page, name="shift"),
    path("finance/shifts/<int:pk>/cash/", views.move_cash, name="move_cash"),
    path("finance/shifts/<int:pk>/count/", views.count_shift, name="count_shift"),
    path("finance/shifts/<int:pk>/settle/", views.settle_shift, name="settle_shift"),
    path("finance/shifts/<int:pk>/hand-over/", views.hand_over, name="hand_over"),
    path("finance/shifts/<int:pk>/answer/", views.answer_shift, name="answer_shift"),
    path("set-up/cash/", views.cash_setup, name="cash_setup"),
    path("set-up/cash/new/", views.desk_setup, name="desk_new"),
    path("set-up/cash/desks/<int:pk>/", views.desk_setup, name="desk_setup"),
    path("finance/ledger/", views.ledger, name="ledger"),
    path("finance/ledger/<int:pk>/", views.journal, name="journal"),
    path("finance/for-appointment/<int:appointment_id>/", views.for_appointment, name="for_appointment"),
    path("finance/for-appointment/<int:appointment_id>/take/", views.take_deposit, name="take_deposit"),
    path("finance/online-payments/<int:pk>/ask/", views.ask_bank, name="ask_bank"),
    path("set-up/online-payment/", views.gateway, name="gateway"),
    path("bill/<str:token>/", views.public_bill, name="bill"),
    path("bill/<str:token>/pay/", views.pay_bill, name="pay_bill"),
    path("pay/visit/<str:token>/", views.deposit_part, name="deposit_part"),
    path("pay/<str:token>/", views.online_page, name="online"),
    path("pay/<str:token>/back/", views.came_back, name="online_back"),
    path("my/bills/", views.my_bills, name="my_bills"),
]
api_patterns = [
    path("appointments/<int:pk>/deposit/", api.Deposits.as_view()),
    path("appointments/<int:pk>/deposit/online/", api.DepositsOnline.as_view()),
    path("invoices/", api.Invoices.as_view({"get": "list", "post": "create"})),
    path("invoices/<int:pk>/", api.Invoices.as_view({"get": "retrieve"})),
    path("invoices/<int:pk>/payments/", api.Payments.as_view()),
    path("invoices/<int:pk>/refunds/", api.Refunds.as_view()),
    path("invoices/<int:pk>/discounts/", api.Discounts.as_view()),
    path("ledger/trial-balance/", api.TrialBalanceView.as_view()),
    path("patients/<int:pk>/points/redeem/", api.RedeemPoints.as_view()),
]
