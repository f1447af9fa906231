"""Examples that a new listing may start from, for the trades of a neighbourhood."""

from __future__ import annotations

from dataclasses import dataclass

from app.merchants.types import DietaryMark, ListingKind

Sizes = tuple[tuple[str, str, int, int | None], ...]


@dataclass(frozen=True, slots=True)
class Starter:
    """What a listing starts with: names, sizes as (Chinese, English, price, on the shelf), rules in
    both languages, and its length where it is a service.
    """

    key: str
    trade: str
    name_zh: str
    name_en: str
    unit_zh: str
    unit_en: str
    sizes: Sizes
    rules_zh: str = ""
    rules_en: str = ""
    allergens_zh: str = ""
    allergens_en: str = ""
    minutes: int | None = None
    buffer: int = 0
    lead: int = 60
    marks: tuple[DietaryMark, ...] = ()

    @property
    def kind(self) -> ListingKind:
        """A thing, or somebody's time."""
        return ListingKind.SERVICE if self.minutes else ListingKind.GOODS


# One line for each trade: its key, what it is called, and the category that it is usually in.
STARTER_TRADES: tuple[tuple[str, str, str, str], ...] = (
    ("bakery", "面包房", "Bakery", "bakery"),
    ("greengrocer", "菜店果店", "Greengrocer", "market"),
    ("hair", "理发", "Hairdresser", "beauty"),
    ("repair", "维修", "Repairs", "repair"),
    ("cleaning", "家政", "Housekeeping", "home"),
    ("tutoring", "辅导", "Tutoring", "learning"),
    ("parcels", "快递代收", "Parcel keeping", "counter"),
    ("water", "送水", "Water delivery", "grocery"),
    ("health", "健康检查", "Health check days", "health"),
    ("recycling", "回收", "Recycling pick-up", "other"),
    ("print", "打印复印", "Print shop", "books"),
)

STARTERS: tuple[Starter, ...] = (
    Starter(
        "loaf", "bakery", "白吐司", "White tin loaf", "每条约 450 克", "each about 450 g",
        (("整条", "Whole", 1600, 12), ("半条", "Half", 900, 6)),
        "当天现烤，不卖隔夜。要切片请在留言里写几毫米。",
        "Baked today, never sold the day after. For slices, write how thick in the note.",
        "小麦、奶、鸡蛋", "wheat, milk, egg", marks=(DietaryMark.VEGETARIAN,),
    ),
    Starter(
        "cake", "bakery", "生日蛋糕（预订）", "Birthday cake, to order", "每个", "each",
        (("6 寸", "15 cm", 12800, 3), ("8 寸", "20 cm", 18800, 3)),
        "至少提前一天订。写字请写在留言里，十个字以内。取走后请冷藏，当天吃完。",
        "Order at least a day ahead. Write the words for it in the note, ten at most."
        " Keep it cold and eat it the same day.",
        "小麦、奶、鸡蛋", "wheat, milk, egg",
    ),
    Starter(
        "vegetables", "greengrocer", "时令青菜", "Greens of the season", "每份约 500 克",
        "about 500 g", (("一份", "One portion", 500, 30),),
        "按份卖，重量上下差一点。不新鲜当天退。",
        "Sold by the portion, give or take a little. Not fresh? Your money back the same day.",
        marks=(DietaryMark.VEGAN,),
    ),
    Starter(
        "fruit_box", "greengrocer", "水果箱", "Box of fruit", "每箱约 2.5 公斤", "about 2.5 kg",
        (("一箱", "One box", 4500, 10),),
        "品种看当天到货，不吃哪样请留言。坏果拍照，按个补。",
        "What is in it depends on the day; write what you do not eat."
        " Bad pieces are made good from a photo.",
        marks=(DietaryMark.VEGAN,),
    ),
    Starter(
        "cut", "hair", "洗剪吹", "Wash, cut and dry", "", "",
        (("短发", "Short hair", 4500, None), ("长发", "Long hair", 6500, None)),
        "迟到十五分钟以上，可能要改约。不满意三天内免费修一次。",
        "More than fifteen minutes late may mean another time. Touched up for free within"
        " three days.", minutes=45, buffer=15,
    ),
    Starter(
        "colour", "hair", "染发", "Colouring", "", "",
        (("盖白", "Covering grey", 16800, None), ("全染", "All over", 26800, None)),
        "过敏史请先告诉我们；第一次染，提前两天来做皮试。",
        "Tell us of allergies first; new here, come two days before for a skin test.",
        minutes=120, buffer=15, lead=240,
    ),
    Starter(
        "call_out", "repair", "上门检修（上门费）", "Repair at your home: call-out", "每次",
        "each visit", (("上门费", "Call-out", 3000, None),),
        "到场先看后报价，同意了再修；不修只收上门费。换下的零件留给你。",
        "We look first and name a price; agreed, we mend it. If not, only the call-out is due."
        " Replaced parts stay with you.", minutes=60, buffer=30, lead=120,
    ),
    Starter(
        "appliance", "repair", "洗衣机清洗", "Washing machine cleaned", "每台", "each machine",
        (("波轮", "Top loader", 9800, None), ("滚筒", "Front loader", 13800, None)),
        "请先腾出一米见方的地方，水电能用。",
        "Please clear a square metre around it; water and power must work.",
        minutes=90, buffer=30, lead=240,
    ),
    Starter(
        "cleaning_hours", "cleaning", "日常保洁", "House cleaning", "每次 2 小时", "two hours",
        (("两小时", "Two hours", 9000, None),),
        "工具自带，清洁剂可以用你的。贵重物品请先收好。要改时间提前半天说。",
        "We bring the tools; use your own detergent if you like. Please put valuables away."
        " Half a day's notice to change the time.", minutes=120, buffer=30, lead=720,
    ),
    Starter(
        "deep_clean", "cleaning", "厨房深度清洁", "Kitchen, deep clean", "每次", "each time",
        (("标准", "Standard", 26000, None),),
        "含油烟机外壳，不拆机。约三小时，家里要有人。",
        "With the outside of the hood, not taken apart. About three hours; someone must be in.",
        minutes=180, buffer=30, lead=1440,
    ),
    Starter(
        "lesson", "tutoring", "作业辅导（一对一）", "Homework help, one to one", "每节 60 分钟",
        "60 minutes", (("小学", "Primary school", 8000, None),
        ("初中", "Middle school", 12000, None)),
        "请家长送到、接走。请假提前四小时，不收费。",
        "A parent brings and collects the child. Four hours' notice to skip a lesson for free.",
        minutes=60, buffer=10, lead=240,
    ),
    Starter(
        "trial", "tutoring", "试听课", "Trial lesson", "每人一次", "once each",
        (("一节", "One lesson", 0, None),), "每个孩子一次，满意再报名。",
        "Once for each child; sign up afterwards if you like it.", minutes=45, lead=240,
    ),
    Starter(
        "parcel", "parcels", "快递代收", "Parcel keeping", "每件", "each parcel",
        (("小件", "Small", 100, 60), ("大件", "Large", 300, 15)),
        "免费放三天，之后每天 1 元。取件报单号后四位。生鲜当天取，坏了不赔。",
        "Three days for free, then 1 yuan a day. Collect with the number's last four digits."
        " Fresh food: the same day, at your own risk.",
    ),
    Starter(
        "parcel_send", "parcels", "代寄快递", "Sending a parcel", "每件起", "from, each",
        (("1 公斤内", "Up to 1 kg", 1000, None),),
        "到店称重，多退少补。不收违禁品和现金。",
        "Weighed at the shop, the difference settled there. No forbidden goods, no cash.",
    ),
    Starter(
        "water_barrel", "water", "桶装水 18.9 升", "Water, 18.9 l barrel", "每桶", "each barrel",
        (("纯净水", "Purified", 1500, 40), ("矿泉水", "Mineral", 2200, 20)),
        "第一次要押桶，每只 30 元，退桶退钱。没有电梯的楼，五层以上每桶加 1 元。",
        "A first barrel needs a deposit of 30 yuan, returned with it. Above the fifth floor"
        " without a lift: 1 yuan more.",
    ),
    Starter(
        "water_tickets", "water", "水票（十桶）", "Ten barrels ahead", "一本", "one book",
        (("纯净水 10 桶", "Purified, ten", 13500, None),), "一年内有效，没用完的按原价退。",
        "Good for a year; what is left is refunded at the price paid.",
    ),
    Starter(
        "blood_pressure", "health", "测血压血糖", "Blood pressure and sugar", "每次", "each time",
        (("血压", "Blood pressure", 0, None), ("血压和血糖", "With blood sugar", 500, None)),
        "测血糖请空腹。结果只说给本人，不代替看医生。",
        "For blood sugar come before breakfast. The result is for you alone and no doctor's"
        " word.", minutes=10, buffer=5,
    ),
    Starter(
        "check_day", "health", "健康检查日（名额）", "Health check day, a place", "每人", "each",
        (("基础项目", "Basic", 2000, 40), ("加心电图", "With ECG", 5000, 20)),
        "带身份证或医保卡，前一晚十点后不要吃东西。",
        "Bring your ID or insurance card, and eat nothing after ten the evening before.",
    ),
    Starter(
        "recycle", "recycling", "旧物上门回收", "Recycling collected", "每次", "each visit",
        (("废纸、瓶罐", "Paper, bottles", 0, None), ("旧家电", "Old appliances", 0, None)),
        "当面称重，当面付你钱。十公斤以上上门；家电先拍照。",
        "Weighed and paid to you on the spot. From ten kilos; send a photo of appliances first.",
        minutes=30, buffer=15, lead=240,
    ),
    Starter(
        "clothes_bag", "recycling", "旧衣回收袋", "Bag for old clothes", "每个", "each",
        (("一个", "One", 0, 50),), "洗净装袋，扎口放到门口，按约好的时间来收。",
        "Washed, bagged and tied, at your door at the time agreed.",
    ),
    Starter(
        "copies", "print", "打印复印", "Prints and copies", "每页", "each page",
        (("黑白", "Black and white", 50, None), ("彩色", "Colour", 200, None)),
        "文件发到店里，打完即删。双面按两页算。",
        "Send the file to the shop; it is deleted once printed. Two sides count as two pages.",
    ),
    Starter(
        "photos", "print", "证件照", "Passport photos", "每版", "each sheet",
        (("一寸", "25 × 35 mm", 1500, None), ("两寸", "35 × 49 mm", 1800, None)),
        "当场拍，十分钟取。电子版发到你的邮箱。",
        "Taken on the spot, ready in ten minutes. The file comes by mail.", minutes=15,
    ),
)  # fmt: skip


def starter_for(key: str) -> Starter | None:
    """Return the example of this key."""
    return next((starter for starter in STARTERS if starter.key == key), None)


def starters_for(trade: str) -> list[tuple[str, str, list[Starter]]]:
    """Return the trades' names with their examples, those of a shop's own trade first."""
    own = [row for row in STARTER_TRADES if row[3] == trade]
    rest = [row for row in STARTER_TRADES if row[3] != trade]
    return [
        (zh, en, [starter for starter in STARTERS if starter.trade == key])
        for key, zh, en, _category in (*own, *rest)
    ]
