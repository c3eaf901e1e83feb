"""Addresses of this app: pages and fragments, and the API's part below /api/v1/."""

from django.urls import path

from scheduling.api.appointments import Appointments
from scheduling.api.catalogue import Doctors, Services
from scheduling.api.queue import Arriving, Queue, Visits
from scheduling.api.slots import Holds, Slots
from scheduling.views import (
    board,
    book,
    details,
    feeds,
    manage,
    my,
    online,
    overrides,
    queue,
    quick,
    setup,
    sheet,
    site,
    tv,
    visit,
)

site_patterns = [
    path("", site.home, name="home"),
    path("book/", book.choose, name="book"),
    path("book/details/", details.details, name="book-details"),
    path("book/held/", details.held_part, name="book-held"),
    path("book/<int:service>/", book.pick, name="book-times"),
    path("book/<int:service>/take/", book.take, name="book-take"),
    path("a/<str:token>/", manage.appointment, name="appointment"),
    path("a/<str:token>/calendar.ics", manage.calendar, name="appointment-calendar"),
    path("a/<str:token>/confirm/", manage.confirm, name="appointment-confirm"),
    path("a/<str:token>/cancel/", manage.cancel, name="appointment-cancel"),
    path("a/<str:token>/undo/", manage.undo, name="appointment-undo"),
    path("a/<str:token>/move/", manage.move, name="appointment-move"),
    path("my/", my.home, name="my"),
]

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
online_patterns = [
    path("v/<str:token>/", online.join, name="online-join"),
    path("v/<str:token>/part/", online.join_part, name="online-join-part"),
    path("online/<int:pk>/", online.room, name="online-room"),
    path("online/<int:pk>/part/", online.room_part, name="online-room-part"),
    path("online/<int:pk>/admit/", online.admit, name="online-admit"),
    path("online/<int:pk>/end/", online.end, name="online-end"),
    path("online/<int:pk>/story/", online.story, name="online-story"),
]
setup_patterns = [
    path("set-up/", setup.overview, name="set-up"),
    path("set-up/branches/", setup.branches, name="set-up-branches"),
    path("set-up/branches/new/", setup.branch, name="set-up-branch-new"),
    path("set-up/branches/<int:pk>/", setup.branch, name="set-up-branch"),
    path("set-up/branches/<int:branch_pk>/rooms/new/", setup.room_new, name="set-up-room-new"),
    path("set-up/rooms/<int:pk>/", setup.room, name="set-up-room"),
    path("set-up/services/", setup.services, name="set-up-services"),
    path("set-up/services/new/", setup.service, name="set-up-service-new"),
    path("set-up/services/<int:pk>/", setup.service, name="set-up-service"),
    path("set-up/doctors/", setup.doctors, name="set-up-doctors"),
    path("set-up/doctors/new/", setup.doctor, name="set-up-doctor-new"),
    path("set-up/doctors/<int:pk>/", setup.doctor, name="set-up-doctor"),
    path("set-up/doctors/<int:pk>/services/", setup.doctor_offers, name="set-up-offers"),
    path("set-up/doctors/<int:pk>/hours/<int:branch_pk>/", setup.doctor_hours, name="set-up-hours"),
    path("set-up/time-off/", setup.time_off, name="set-up-time-off"),
    path("set-up/time-off/<int:pk>/remove/", setup.time_off_remove, name="set-up-time-off-remove"),
    path("set-up/holidays/", setup.holidays, name="set-up-holidays"),
    path("set-up/holidays/fill/", setup.holiday_fill, name="set-up-holiday-fill"),
    path("set-up/holidays/<int:pk>/open/", setup.holiday_open, name="set-up-holiday-open"),
    path("set-up/holidays/<int:pk>/remove/", setup.holiday_remove, name="set-up-holiday-remove"),
]
keeping_patterns = [
    path("cal/<str:token>.ics", feeds.feed, name="feed"),
    path("my/calendar/", feeds.own, name="my-calendar"),
    path("my/calendar/revoke/", feeds.revoke, name="my-calendar-revoke"),
    path("desk/overrides/", overrides.overrides, name="desk-overrides"),
    path("desk/sheet/", sheet.sheet, name="desk-sheet"),
]
urlpatterns: list = [*keeping_patterns, *site_patterns, *desk_patterns, *online_patterns, *setup_patterns]
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
