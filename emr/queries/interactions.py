"""The interactions a practice meets most, to begin the clinic's own table with; the clinic decides what stays."""

from django.utils.translation import gettext_lazy

from clinic.shared.money import language

COLUMNS = ("first", "first_atc", "second", "second_atc", "severity", "effect", "advice")

# English name, Persian name, ATC code or group.
SIDES: dict[str, tuple[str, str, str]] = {
    "warfarin": ("warfarin", "وارفارین", "B01AA03"),
    "nsaid": ("NSAIDs", "مسکن‌های غیراستروئیدی", "M01A"),
    "aspirin": ("acetylsalicylic acid", "آسپرین", "B01AC06"),
    "clopidogrel": ("clopidogrel", "کلوپیدوگرل", "B01AC04"),
    "amiodarone": ("amiodarone", "آمیودارون", "C01BD01"),
    "metronidazole": ("metronidazole", "مترونیدازول", "P01AB01"),
    "fluconazole": ("fluconazole", "فلوکونازول", "J02AC01"),
    "cotrimoxazole": ("sulfamethoxazole and trimethoprim", "کوتریموکسازول", "J01EE01"),
    "macrolide": ("clarithromycin", "کلاریترومایسین", "J01FA09"),
    "erythromycin": ("erythromycin", "اریترومایسین", "J01FA01"),
    "quinolone": ("fluoroquinolones", "فلوروکینولون‌ها", "J01MA"),
    "cipro": ("ciprofloxacin", "سیپروفلوکساسین", "J01MA02"),
    "simvastatin": ("simvastatin", "سیمواستاتین", "C10AA01"),
    "atorvastatin": ("atorvastatin", "آتورواستاتین", "C10AA05"),
    "gemfibrozil": ("gemfibrozil", "جمفیبروزیل", "C10AB04"),
    "acei": ("ACE inhibitors", "مهارکننده‌های ACE", "C09A"),
    "arb": ("angiotensin receptor blockers", "مسدودکننده‌های گیرندهٔ آنژیوتانسین", "C09C"),
    "spironolactone": ("spironolactone", "اسپیرونولاکتون", "C03DA01"),
    "potassium": ("potassium", "پتاسیم", "A12BA"),
    "digoxin": ("digoxin", "دیگوکسین", "C01AA05"),
    "verapamil": ("verapamil", "وراپامیل", "C08DA01"),
    "diltiazem": ("diltiazem", "دیلتیازم", "C08DB01"),
    "beta": ("beta blockers", "مسدودکننده‌های بتا", "C07A"),
    "loop": ("furosemide", "فوروزماید", "C03CA01"),
    "thiazide": ("thiazides", "تیازیدها", "C03A"),
    "lithium": ("lithium", "لیتیم", "N05AN01"),
    "ssri": ("SSRIs", "مهارکننده‌های بازجذب سروتونین", "N06AB"),
    "maoi": ("MAO inhibitors", "مهارکننده‌های MAO", "N06AF"),
    "tricyclic": ("tricyclic antidepressants", "ضدافسردگی‌های سه‌حلقه‌ای", "N06AA"),
    "tramadol": ("tramadol", "ترامادول", "N02AX02"),
    "triptan": ("triptans", "تریپتان‌ها", "N02CC"),
    "ergot": ("ergotamine", "ارگوتامین", "N02CA02"),
    "opioid": ("opioids", "اپیوئیدها", "N02A"),
    "benzo": ("benzodiazepines", "بنزودیازپین‌ها", "N05BA"),
    "methotrexate": ("methotrexate", "متوترکسات", "L04AX03"),
    "azathioprine": ("azathioprine", "آزاتیوپرین", "L04AX01"),
    "allopurinol": ("allopurinol", "آلوپورینول", "M04AA01"),
    "colchicine": ("colchicine", "کلشی‌سین", "M04AC01"),
    "ciclosporin": ("ciclosporin", "سیکلوسپورین", "L04AD01"),
    "theophylline": ("theophylline", "تئوفیلین", "R03DA04"),
    "pde5": ("sildenafil", "سیلدنافیل", "G04BE03"),
    "nitrate": ("nitrates", "نیترات‌ها", "C01DA"),
    "isotretinoin": ("isotretinoin", "ایزوترتینوئین", "D10BA01"),
    "tetracycline": ("tetracyclines", "تتراسایکلین‌ها", "J01A"),
    "vitamin_a": ("vitamin A", "ویتامین A", "A11CA"),
    "pill": ("hormonal contraceptives", "قرص‌های ضدبارداری", "G03A"),
    "rifampicin": ("rifampicin", "ریفامپین", "J04AB02"),
    "carbamazepine": ("carbamazepine", "کاربامازپین", "N03AF01"),
    "phenytoin": ("phenytoin", "فنی‌توئین", "N03AB02"),
    "valproate": ("valproate", "والپروات", "N03AG01"),
    "lamotrigine": ("lamotrigine", "لاموتریژین", "N03AX09"),
    "omeprazole": ("omeprazole", "امپرازول", "A02BC01"),
    "levothyroxine": ("levothyroxine", "لووتیروکسین", "H03AA01"),
    "calcium": ("calcium", "کلسیم", "A12A"),
    "iron": ("iron", "آهن", "B03A"),
    "metformin": ("metformin", "متفورمین", "A10BA02"),
    "contrast": ("iodinated contrast media", "مادهٔ حاجب یددار", "V08A"),
    "steroid": ("corticosteroids", "کورتیکواستروئیدها", "H02AB"),
    "sulfonylurea": ("sulfonylureas", "سولفونیل‌اوره‌ها", "A10BB"),
    "insulin": ("insulin", "انسولین", "A10A"),
}
BLEEDING = gettext_lazy("Bleeding becomes more likely.")
WATCH_INR = gettext_lazy("Check the INR within a week; lower the dose if needed.")
OTHER_PAIN = gettext_lazy("Choose another pain relief, or protect the stomach.")
POTASSIUM = gettext_lazy("Potassium may rise dangerously.")
WATCH_POTASSIUM = gettext_lazy("Check potassium and kidneys within a week.")
MUSCLE = gettext_lazy("The statin rises: muscle damage.")
PAUSE_STATIN = gettext_lazy("Pause the statin meanwhile.")
HEART_BLOCK = gettext_lazy("Slow pulse and heart block.")
WATCH_PULSE = gettext_lazy("Check pulse and ECG.")
SEROTONIN = gettext_lazy("Serotonin syndrome.")
AVOID = gettext_lazy("Do not give together.")
LEVEL_UP = gettext_lazy("The level of the other drug rises.")
WATCH_LEVEL = gettext_lazy("Check the level or lower the dose.")
BREATHING = gettext_lazy("Breathing and wakefulness are dampened.")
LOWEST_DOSE = gettext_lazy("Lowest dose, shortest time; warn the patient.")
PILL_FAILS = gettext_lazy("The contraceptive becomes unreliable.")
OTHER_PILL = gettext_lazy("Advise another method during and four weeks after.")
ABSORBED_LESS = gettext_lazy("Less of it is absorbed.")
HOURS_APART = gettext_lazy("Take them 2 to 4 hours apart.")
SUGAR = gettext_lazy("Blood sugar gets out of balance.")
WATCH_SUGAR = gettext_lazy("Measure blood sugar more often.")
KIDNEY = gettext_lazy("The kidneys suffer.")
WATCH_KIDNEY = gettext_lazy("Check creatinine; keep the time short.")
MARROW = gettext_lazy("Bone marrow damage.")
BRAIN = gettext_lazy("Raised pressure in the skull.")
BLOOD_PRESSURE = gettext_lazy("Blood pressure falls dangerously.")
VESSELS = gettext_lazy("Vessels narrow: danger to heart and limbs.")

PAIRS = [
    ("warfarin", "nsaid", "major", BLEEDING, OTHER_PAIN),
    ("warfarin", "aspirin", "major", BLEEDING, OTHER_PAIN),
    ("warfarin", "clopidogrel", "major", BLEEDING, WATCH_INR),
    ("warfarin", "amiodarone", "major", BLEEDING, WATCH_INR),
    ("warfarin", "metronidazole", "major", BLEEDING, WATCH_INR),
    ("warfarin", "fluconazole", "major", BLEEDING, WATCH_INR),
    ("warfarin", "cotrimoxazole", "major", BLEEDING, WATCH_INR),
    ("warfarin", "macrolide", "moderate", BLEEDING, WATCH_INR),
    ("warfarin", "quinolone", "moderate", BLEEDING, WATCH_INR),
    ("warfarin", "ssri", "moderate", BLEEDING, WATCH_INR),
    ("nsaid", "nsaid", "moderate", KIDNEY, AVOID),
    ("nsaid", "aspirin", "moderate", BLEEDING, OTHER_PAIN),
    ("nsaid", "ssri", "moderate", BLEEDING, OTHER_PAIN),
    ("nsaid", "steroid", "moderate", BLEEDING, OTHER_PAIN),
    ("nsaid", "acei", "moderate", KIDNEY, WATCH_KIDNEY),
    ("nsaid", "arb", "moderate", KIDNEY, WATCH_KIDNEY),
    ("nsaid", "lithium", "major", LEVEL_UP, WATCH_LEVEL),
    ("nsaid", "methotrexate", "major", MARROW, WATCH_LEVEL),
    ("acei", "spironolactone", "major", POTASSIUM, WATCH_POTASSIUM),
    ("arb", "spironolactone", "major", POTASSIUM, WATCH_POTASSIUM),
    ("acei", "potassium", "major", POTASSIUM, WATCH_POTASSIUM),
    ("arb", "potassium", "major", POTASSIUM, WATCH_POTASSIUM),
    ("acei", "arb", "major", POTASSIUM, AVOID),
    ("cotrimoxazole", "spironolactone", "major", POTASSIUM, WATCH_POTASSIUM),
    ("simvastatin", "macrolide", "never", MUSCLE, PAUSE_STATIN),
    ("simvastatin", "erythromycin", "never", MUSCLE, PAUSE_STATIN),
    ("atorvastatin", "macrolide", "major", MUSCLE, PAUSE_STATIN),
    ("simvastatin", "gemfibrozil", "never", MUSCLE, AVOID),
    ("atorvastatin", "gemfibrozil", "major", MUSCLE, AVOID),
    ("simvastatin", "amiodarone", "major", MUSCLE, PAUSE_STATIN),
    ("digoxin", "amiodarone", "major", LEVEL_UP, WATCH_LEVEL),
    ("digoxin", "verapamil", "major", LEVEL_UP, WATCH_PULSE),
    ("digoxin", "macrolide", "major", LEVEL_UP, WATCH_LEVEL),
    ("digoxin", "loop", "moderate", HEART_BLOCK, WATCH_POTASSIUM),
    ("beta", "verapamil", "major", HEART_BLOCK, WATCH_PULSE),
    ("beta", "diltiazem", "major", HEART_BLOCK, WATCH_PULSE),
    ("lithium", "thiazide", "major", LEVEL_UP, WATCH_LEVEL),
    ("lithium", "acei", "major", LEVEL_UP, WATCH_LEVEL),
    ("ssri", "maoi", "never", SEROTONIN, AVOID),
    ("tricyclic", "maoi", "never", SEROTONIN, AVOID),
    ("tramadol", "ssri", "major", SEROTONIN, OTHER_PAIN),
    ("tramadol", "maoi", "never", SEROTONIN, AVOID),
    ("triptan", "ssri", "moderate", SEROTONIN, LOWEST_DOSE),
    ("triptan", "ergot", "never", VESSELS, AVOID),
    ("ergot", "macrolide", "never", VESSELS, AVOID),
    ("opioid", "benzo", "major", BREATHING, LOWEST_DOSE),
    ("methotrexate", "cotrimoxazole", "never", MARROW, AVOID),
    ("azathioprine", "allopurinol", "major", MARROW, WATCH_LEVEL),
    ("colchicine", "macrolide", "never", LEVEL_UP, AVOID),
    ("ciclosporin", "macrolide", "major", LEVEL_UP, WATCH_LEVEL),
    ("theophylline", "cipro", "major", LEVEL_UP, WATCH_LEVEL),
    ("theophylline", "erythromycin", "major", LEVEL_UP, WATCH_LEVEL),
    ("pde5", "nitrate", "never", BLOOD_PRESSURE, AVOID),
    ("isotretinoin", "tetracycline", "never", BRAIN, AVOID),
    ("isotretinoin", "vitamin_a", "major", BRAIN, AVOID),
    ("pill", "rifampicin", "major", PILL_FAILS, OTHER_PILL),
    ("pill", "carbamazepine", "major", PILL_FAILS, OTHER_PILL),
    ("pill", "phenytoin", "major", PILL_FAILS, OTHER_PILL),
    ("lamotrigine", "valproate", "major", LEVEL_UP, WATCH_LEVEL),
    ("clopidogrel", "omeprazole", "moderate", ABSORBED_LESS, AVOID),
    ("levothyroxine", "calcium", "moderate", ABSORBED_LESS, HOURS_APART),
    ("levothyroxine", "iron", "moderate", ABSORBED_LESS, HOURS_APART),
    ("quinolone", "iron", "moderate", ABSORBED_LESS, HOURS_APART),
    ("quinolone", "calcium", "moderate", ABSORBED_LESS, HOURS_APART),
    ("tetracycline", "iron", "moderate", ABSORBED_LESS, HOURS_APART),
    ("tetracycline", "calcium", "moderate", ABSORBED_LESS, HOURS_APART),
    ("metformin", "contrast", "major", KIDNEY, WATCH_KIDNEY),
    ("insulin", "steroid", "moderate", SUGAR, WATCH_SUGAR),
    ("sulfonylurea", "fluconazole", "moderate", SUGAR, WATCH_SUGAR),
    ("sulfonylurea", "quinolone", "moderate", SUGAR, WATCH_SUGAR),
]


def starter_list() -> list[dict[str, str]]:
    """Our list in the reader's language, as lines of a file."""
    place = 1 if language() == "fa" else 0
    rows = []
    for one, other, severity, effect, advice in PAIRS:
        (first, second) = SIDES[one], SIDES[other]
        values = (first[place], first[2], second[place], second[2], severity, str(effect), str(advice))
        rows.append(dict(zip(COLUMNS, values, strict=True)))
    return rows
