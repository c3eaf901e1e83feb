"""Names of people and things in both languages, made up from common ones."""

FIRST_FA = {
    "female": """
    مینا سارا زهرا فاطمه نگار پریسا لیلا نیلوفر مریم الهام شیوا بهار نازنین رؤیا هانیه سمیرا مهسا آتنا گلناز
    ژاله پونه چکامه یاسمن هستی
""".split(),
    "male": """
    رضا علی محمد حسین امیر کامران حمید آرش بابک کیوان وحید سهراب پویا مهدی فرهاد نیما سینا داریوش بهرام یوسف
    ایمان گودرز چنگیز منوچهر
""".split(),
}
LAST_FA = """
    محمدی احمدی رضایی حسینی کریمی موسوی جعفری صادقی رحیمی ابراهیمی قاسمی اکبری نادری شریفی کاظمی توکلی وحیدی
    صدر یزدانی کمالی پاکزاد چراغی گودرزی ژیان‌پور کیانی هاشمی مرادی سلطانی زمانی فرجی نجفی طاهری خسروی بهرامی
    شکوهی پورمند دهقان‌زاده میرزایی تهرانی‌نژاد اسکندری
""".split()
FIRST_EN = {
    "female": """
    Olivia Amelia Isla Ava Mia Ivy Lily Freya Florence Willow Grace Sophie Ella Evie Poppy Alice Daisy Harriet
    Zara Nadia Priya Aisha
""".split(),
    "male": """
    Noah Oliver George Arthur Leo Harry Jack Theo Henry Oscar Archie Thomas Alfie Jacob Max Ethan Samuel Adam
    Imran Daniel Kofi Luca
""".split(),
}
LAST_EN = """
    Smith Jones Taylor Brown Williams Wilson Johnson Davies Patel Wright Walker White Edwards Green Hall
    Thomas Clarke Jackson Wood Harris Khan Turner Cooper Hill Ward Hughes Morris King Baker Okafor
    Fitzgerald-Montgomery Shah Murphy Kowalska
""".split()


def name_lists(language: str) -> tuple[dict[str, list[str]], list[str]]:
    """First names by sex, and last names."""
    return (FIRST_FA, LAST_FA) if language == "fa" else (FIRST_EN, LAST_EN)
