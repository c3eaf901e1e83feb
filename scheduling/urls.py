"""Addresses of this app: pages and fragments, and the API's part below /api/v1/."""

from django.urls import path

from scheduling.api.appointments import Appointments
from scheduling.api.catalogue import Doctors, Services
from scheduling.api.queue import Arriving, Queue, Visits
from scheduling.api.slots import Holds, Slots
from scheduling.views import board, queue, quick, tv, visit

desk_patterns = [
    path("desk/", board.board, name="desk"),
    path("desk/day/", board.board_day, name="desk-day"),
    path("desk/cards/", board.board_cards, name="desk-cards"),
    path("desk/waiting/", board.waiting, name="desk-waiting"),
    path("desk/branch/", board.choose_branch, name="desk-branch"),
    path("desk/book/", quick.book, name="desk-book"),
    path("desk/walk-in/", quick.walk_in, name="desk-walk-in"),
    path("desk/queue/", queue.queue, name="desk-queue"),
    path("desk/queue/part/", queue.queue_part, name="desk-queue-part"),
    path("desk/queue/next/", queue.call_next, name="desk-call-next"),
    path("desk/displays/", tv.displays, name="desk-displays"),
    path("desk/displays/<int:pk>/retire/", tv.display_retire, name="desk-display-retire"),
    path("desk/appointments/<int:pk>/", visit.appointment, name="desk-appointment"),
    path("desk/appointments/<int:pk>/move/", quick.move, name="desk-move"),
    path("desk/appointments/<int:pk>/cancel/", quick.cancel, name="desk-cancel"),
    path("desk/appointments/<int:pk>/<slug:do>/", visit.appointment_step, name="desk-appointment-step"),
    path("desk/visits/<int:pk>/", visit.visit, name="desk-visit"),
    path("desk/visits/<int:pk>/<slug:do>/", visit.visit_step, name="desk-visit-step"),
    path("scheduling/for-patient/<int:pk>/", visit.for_patient, name="scheduling-for-patient"),
    path("tv/<int:branch>/", tv.tv, name="tv"),
    path("tv/<int:branch>/part/", tv.tv_part, name="tv-part"),
    path("q/<str:token>/", tv.place, name="place"),
    path("q/<str:token>/part/", tv.place_part, name="place-part"),
]
urlpatterns: list = [*desk_patterns]
api_patterns: list = [
    path("services/", Services.as_view()),
    path("doctors/", Doctors.as_view()),
    path("slots/", Slots.as_view()),
    path("holds/", Holds.as_view()),
    path("appointments/", Appointments.as_view({"get": "list", "post": "create"})),
    path("appointments/<int:pk>/", Appointments.as_view({"get": "retrieve"})),
    path("appointments/<int:pk>/confirm/", Appointments.as_view({"post": "confirm"})),
    path("appointments/<int:pk>/cancel/", Appointments.as_view({"post": "cancel"})),
    path("appointments/<int:pk>/reschedule/", Appointments.as_view({"post": "reschedule"})),
    path("appointments/<int:pk>/no-show/", Appointments.as_view({"post": "no_show"})),
    path("appointments/<int:pk>/undo/", Appointments.as_view({"post": "undo"})),
    path("appointments/<int:pk>/arrive/", Arriving.as_view({"post": "arrive"})),
    path("appointments/<int:pk>/check-in/", Arriving.as_view({"post": "check_in"})),
    path("queue/", Queue.as_view()),
    path("visits/<int:pk>/call/", Visits.as_view({"post": "call"})),
    path("visits/<int:pk>/enter-room/", Visits.as_view({"post": "enter_room"})),
    path("visits/<int:pk>/leave-room/", Visits.as_view({"post": "leave_room"})),
    path("visits/<int:pk>/finish/", Visits.as_view({"post": "finish"})),
    path("visits/<int:pk>/left/", Visits.as_view({"post": "left"})),
]
