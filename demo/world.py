"""The two demo clinics and the people who work there."""

from dataclasses import dataclass, field

from clinic.accounts.roles import Role


@dataclass(frozen=True)
class DemoClinic:
    """A clinic of the demo: its names, its zone and who works there."""

    schema: str
    name: str
    name_en: str
    host: str
    language: str
    time_zone: str
    currency: str
    branch: str
    branch_en: str
    address: str
    phone: str
    money_display: str = ""
    accent: str = "0f766e"
    rooms: tuple[str, ...] = ()
    staff: dict[Role, tuple[str, str]] = field(default_factory=dict)  # role -> (mobile number, name)


AFTAB = DemoClinic(
    schema="c_aftab",
    name="کلینیک آفتاب",
    name_en="Aftab Clinic",
    host="aftab.localhost",
    language="fa",
    time_zone="Asia/Tehran",
    currency="IRR",
    money_display="toman",
    branch="شعبه ولیعصر",
    branch_en="Valiasr branch",
    address="تهران، خیابان ولیعصر، کوچه بهار، پلاک ۱۲",
    phone="02188990012",
    rooms=("اتاق ۱", "اتاق ۲", "اتاق لیزر"),
    staff={
        Role.OWNER: ("09120000001", "هما پورمند"),
        Role.MANAGER: ("09120000002", "کیوان صادقی"),
        Role.SECRETARY: ("09120000003", "مینا شریفی"),
        Role.DOCTOR: ("09120000004", "دکتر نگار رضایی"),
        Role.NURSE: ("09120000005", "الهام کاظمی"),
        Role.CASHIER: ("09120000006", "حمید اکبری"),
        Role.ACCOUNTANT: ("09120000008", "فرهاد نوری"),
        Role.PATIENT: ("09120000007", "سارا محمدی"),
    },
)
RIVER = DemoClinic(
    schema="c_river",
    name="River Clinic",
    name_en="River Clinic",
    host="river.localhost",
    language="en",
    time_zone="Europe/London",
    currency="GBP",
    accent="1a4fa3",
    branch="Riverside",
    branch_en="Riverside",
    address="12 Quay Street, London SE1",
    phone="02079460112",
    rooms=("Room 1", "Room 2", "Laser room"),
    staff={
        Role.OWNER: ("07400000001", "Harriet Ward"),
        Role.MANAGER: ("07400000002", "Daniel Clarke"),
        Role.SECRETARY: ("07400000003", "Poppy Green"),
        Role.DOCTOR: ("07400000004", "Dr Nora Reed"),
        Role.NURSE: ("07400000005", "Imran Shah"),
        Role.CASHIER: ("07400000006", "Alice Morris"),
        Role.ACCOUNTANT: ("07400000008", "George Finch"),
        Role.PATIENT: ("07400000007", "Sophie Walker"),
    },
)
CLINICS = (AFTAB, RIVER)
OPERATOR_PHONE = "09120000009"

# (Persian, English, unit fa, unit en, warn below, on hand, cost in rials / pence, service place or None, use per visit)
ITEMS = [
    ("دستکش لاتکس", "Latex gloves", "جفت", "pair", 40, 180, 45_000, 40, (0, 1, 2, 3)),
    ("ژل لیزر", "Laser gel", "میلی‌لیتر", "ml", 500, 2600, 3_000, 2, (2,)),
    ("بوتاکس ۱۰۰ واحدی", "Botox 100 u", "واحد", "unit", 200, 150, 380_000, 320, (3,)),
    ("پنبه الکلی", "Alcohol swab", "عدد", "piece", 100, 900, 5_000, 5, (1, 3)),
    ("سرنگ انسولین", "Insulin syringe", "عدد", "piece", 60, 45, 28_000, 25, (3,)),
]
DRUGS = [
    ("آموکسی‌سیلین", "Amoxicillin", "کپسول", "500 mg", "amoxicillin", "J01CA04"),
    ("ایبوپروفن", "Ibuprofen", "قرص", "400 mg", "ibuprofen", "M01AE01"),
    ("ستیریزین", "Cetirizine", "قرص", "10 mg", "cetirizine", "R06AE07"),
    ("هیدروکورتیزون", "Hydrocortisone", "پماد", "1 %", "hydrocortisone", "D07AA02"),
    ("داکسی‌سایکلین", "Doxycycline", "کپسول", "100 mg", "doxycycline", "J01AA02"),
    ("استامینوفن", "Paracetamol", "قرص", "500 mg", "paracetamol", "N02BE01"),
]
