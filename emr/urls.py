"""Addresses of this app: pages and fragments, and the API's part below /api/v1/."""

from django.urls import URLPattern, URLResolver, include, path

from emr import api
from emr.views import (
    builder,
    cosigning,
    day,
    drugs,
    files,
    findings,
    floor,
    gallery,
    intake_desk,
    intake_page,
    intake_setup,
    my_files,
    one_file,
    patient,
    phone_links,
    phrases,
    pictures,
    sharing,
    visit,
)
from emr.views.care import (
    at_visit,
    background,
    interactions,
    letters,
    lists,
    medicines,
    mine,
    orders,
    plans,
    prescribing,
    scores,
    sets,
    vitals,
)

_record = [
    path("note/", visit.save, name="save"),
    path("settle/", visit.settle, name="settle"),
    path("copy-last/", visit.copy_last, name="copy-last"),
    path("follow-up/", visit.follow_up, name="follow-up"),
    path("finish/", visit.finish, name="finish"),
    path("addenda/", visit.addendum, name="addendum"),
    path("template/", visit.use_template, name="use-template"),
    path("privacy/", sharing.privacy, name="privacy"),
    path("open/", sharing.open_glass, name="open"),
    path("cosign/", cosigning.ask_cosign, name="cosign-ask"),
    path("cosign/<int:cosign>/", cosigning.answer_cosign, name="cosign-answer"),
    path("phrases/", phrases.options, name="phrase-options"),
    path("diagnoses/", findings.add_diagnosis, name="add-diagnosis"),
    *[
        path(f"diagnoses/<int:condition>/{to}/", findings.change_diagnosis, {"to": to}, name=f"{to}-diagnosis")
        for to in ("remove", "keep", "end")
    ],
    path("allergies/", findings.add_allergy, name="add-allergy"),
    path("allergies/<int:allergy>/end/", findings.end_allergy, name="end-allergy"),
    path("diagnoses/<int:condition>/star/", sets.star_diagnosis, name="star-diagnosis"),
    path("lines/", prescribing.add_line, name="add-line"),
    path("lines/<int:line>/cancel/", prescribing.cancel_line, name="cancel-line"),
    path("lines/<int:line>/star/", prescribing.star_line, name="star-line"),
    path("favourites/<int:favourite>/", prescribing.use_favourite, name="use-favourite"),
    path("repeat/", sets.repeat, name="repeat"),
    path("sets/", sets.save_set, name="save-set"),
    path("sets/<int:of_set>/", sets.use_set, name="use-set"),
    path("sets/<int:of_set>/drop/", sets.drop_set, name="drop-set"),
    path("tracking/", sets.hand_off, name="hand-off"),
]

_patient = [
    path("", patient.record, name="patient"),
    path("background/", background.background, name="background"),
    path("background/new/", background.new_entry, name="new-entry"),
    path("background/<int:entry>/remove/", background.remove_entry, name="remove-entry"),
    path("problems/new/", background.new_problem, name="new-problem"),
    path("problems/<int:condition>/", background.problem, name="problem"),
    path("medicines/", medicines.medicines, name="medicines"),
    path("medicines/<int:line>/stop/", medicines.stop, name="stop-medicine"),
    path("vitals/", vitals.vitals, name="vitals"),
    path("vitals/new/", vitals.new_vitals, name="new-vitals"),
    path("vitals/<int:vital>/remove/", vitals.remove_vital, name="remove-vital"),
    path("orders/", orders.orders, name="orders"),
    path("orders/new/", orders.new_order, name="new-order"),
    path("plans/", plans.plans, name="plans"),
    path("plans/new/", plans.new_plan, name="new-plan"),
    path("scores/", scores.scores, name="scores"),
    path("scores/new/<int:measure>/", scores.new_score, name="new-score"),
    path("scores/<int:score>/remove/", scores.remove_score, name="remove-score"),
    path("letters/", letters.letters, name="letters"),
    path("letters/new/", letters.new_letter, name="new-letter"),
]
_care: list[URLPattern | URLResolver] = [
    path("doctor/visit/<int:pk>/care/", at_visit.care, name="care"),
    path("doctor/orders/", orders.desk, name="order-desk"),
    path("doctor/orders/<int:pk>/", orders.order, name="order"),
    path("doctor/orders/<int:pk>/results/", orders.enter, name="enter-results"),
    path("doctor/orders/<int:pk>/print/", orders.print_order, name="print-order"),
    *[
        path(f"doctor/orders/<int:pk>/{to}/", orders.do, {"to": to}, name=f"order-{to}")
        for to in ("send", "cancel", "wrong", "review", "review-and-show", "show", "hide")
    ],
    path("doctor/letters/<int:pk>/", letters.letter, name="letter"),
    path("doctor/letters/<int:pk>/end/", letters.end_letter, name="end-letter"),
    path("doctor/letters/<int:pk>/print/", letters.print_letter, name="print-letter"),
    path("doctor/plans/<int:pk>/", plans.plan, name="plan"),
    path("doctor/plans/<int:pk>/goals/<int:goal>/", plans.toggle_goal, name="toggle-goal"),
    *[
        path(f"doctor/plans/<int:pk>/{what}/", plans.change, {"what": what}, name=f"plan-{what}")
        for what in ("goal", "sessions", "active", "completed", "stopped")
    ],
    path("my/care/", mine.my_care, name="my-care"),
    path("my/care/plans/<int:pk>/agree/", mine.agree, name="agree"),
    path("my/care/letters/<int:pk>/", letters.my_letter, name="my-letter"),
]
_lists = [
    path("", lists.index, name="lists"),
    path("interactions/import/", interactions.take_in, name="interactions-import"),
    path("interactions/starter/", interactions.starter, name="interactions-starter"),
    path("interactions/export/", interactions.give_out, name="interactions-export"),
    path("<str:which>/", lists.the_list, name="list"),
    path("<str:which>/starter/", lists.starter, name="list-starter"),
    path("<str:which>/<int:pk>/", lists.one, name="list-row"),
]

_files = [
    path("files/of/<int:patient_id>/", gallery.gallery, name="files"),
    path("files/of/<int:patient_id>/add/", files.add, name="add-files"),
    path("files/of/<int:patient_id>/phone/", phone_links.phone_code, name="phone-code"),
    path("files/of/<int:patient_id>/compare/", pictures.compare, name="compare"),
    path("files/<int:pk>/draw/", pictures.draw, name="draw"),
    path("files/codes/<int:pk>/", phone_links.phone_state, name="phone-state"),
    path("files/<int:pk>/", one_file.viewer, name="file"),
    path("files/<int:pk>/content/", one_file.content, name="file-content"),
    path("files/<int:pk>/thumb/", one_file.content, {"what": "stored_thumb"}, name="file-thumb"),
    path("files/<int:pk>/page/", one_file.content, {"what": "stored_page"}, name="file-page"),
    path("files/<int:pk>/describe/", one_file.describe, name="describe-file"),
    *[path(f"files/<int:pk>/{to}/", one_file.step, {"to": to}, name=f"{to}-file") for to in one_file.STEPS],
    path("files/<int:pk>/restore/", one_file.restore, name="restore-file"),
    path("my/files/", my_files.my_files, name="my-files"),
    path("my/files/<int:pk>/", my_files.my_file, name="my-file"),
    path("my/files/<int:pk>/thumb/", my_files.my_file, {"what": "stored_thumb"}, name="my-file-thumb"),
    path("phone/<str:token>/", phone_links.phone, name="phone"),
    path("phone/<str:token>/send/", phone_links.phone_send, name="phone-send"),
    path("phone/<str:token>/done/", phone_links.phone_done, name="phone-done"),
]

_intake = [
    path("in/<str:token>/", intake_page.fill, name="intake"),
    path("in/<str:token>/photos/<slug:asked>/", intake_page.photos, name="intake-photos"),
    path("in/<str:token>/draft/", intake_page.draft, name="intake-draft"),
    path("desk/intake/", intake_desk.waiting, name="intake-waiting"),
    path("desk/intake/<int:pk>/", intake_desk.review, name="intake-review"),
    path("desk/intake/<int:pk>/withdraw/", intake_desk.withdraw, name="intake-withdraw"),
    path("desk/intake/send/<int:patient_id>/", intake_desk.send, name="intake-send"),
    path("intake/for-patient/<int:patient_id>/", intake_desk.for_patient, name="intake-for-patient"),
    path("set-up/intake/", intake_setup.intake_forms, name="intake-forms"),
    path("set-up/intake/new/", intake_setup.intake_form, name="intake-form-new"),
    path("set-up/intake/<int:pk>/", intake_setup.intake_form, name="intake-form"),
]

_pages: list[URLPattern | URLResolver] = [
    *_files,
    *_intake,
    path("doctor/", day.my_day, name="my-day"),
    path("doctor/call-next/", day.next_patient, name="call-next"),
    path("doctor/visit/<int:pk>/", visit.visit_page, name="visit"),
    path("doctor/visit/<int:pk>/begin/", visit.begin, name="begin"),
    path("doctor/visit/<int:pk>/bar/", floor.bar, name="bar"),
    path("doctor/visit/<int:pk>/next/", floor.next_up, name="next-up"),
    *[
        path(f"doctor/visit/<int:pk>/{to}/", floor.move, {"to": to}, name=to)
        for to in ("call", "enter-room", "leave-room")
    ],
    path("doctor/record/<int:pk>/", include(_record)),
    path("doctor/to-sign/", cosigning.waiting, name="to-sign"),
    path("doctor/phrases/", phrases.mine, name="phrases"),
    path("doctor/phrases/<int:pk>/", phrases.my_phrase, name="phrase"),
    path("set-up/phrases/", phrases.clinics, name="set-up-phrases"),
    path("set-up/phrases/<int:pk>/", phrases.clinics_phrase, name="set-up-phrase"),
    path("set-up/templates/", builder.templates, name="templates"),
    path("set-up/templates/<int:pk>/", builder.template, name="template"),
    path("audit/opened-notes/", sharing.opened_notes, name="opened-notes"),
    path("doctor/icd/", findings.icd_options, name="icd"),
    path("doctor/drug-options/", findings.drug_options, name="drug-options"),
    path("doctor/drugs/", drugs.for_doctors, name="doctor-drugs"),
    path("doctor/drugs/<int:pk>/", drugs.for_doctors, name="doctor-drug"),
    path("set-up/drugs/", drugs.set_up, name="set-up-drugs"),
    path("set-up/drugs/<int:pk>/", drugs.set_up, name="set-up-drug"),
    path("doctor/patients/<int:pk>/", include(_patient)),
    path("set-up/record/", include(_lists)),
    *_care,
    path("emr/for-patient/<int:pk>/", patient.for_patient, name="for-patient"),
    path("prescriptions/<int:pk>/print/", patient.print_prescription, name="print"),
    path("my/prescriptions/", patient.my_prescriptions, name="my-prescriptions"),
    path("my/prescriptions/<int:pk>/print/", patient.my_prescription, name="my-print"),
]
urlpatterns = [path("", include((_pages, "emr")))]
api_patterns = [
    *api.patterns,
]
