"""The ground of the invented town: its neighbourhoods, trades, boards and pickup points."""


# ruff: noqa: E501 - an outline is one line.
# fmt: off

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Hood:
    """One neighbourhood: its middle and a rough outline in WGS-84."""

    slug: str
    name: str
    name_en: str
    lat: float
    lng: float
    outline: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Trade:
    """One category of shops, with the drawing it is shown by."""

    slug: str
    name_zh: str
    name_en: str
    drawing: str


@dataclass(frozen=True, slots=True)
class BoardPlan:
    """One board of the forum, and who leads it."""

    key: str
    name: str
    name_en: str
    promise: str
    promise_en: str
    rules: str
    rules_en: str
    leader: str


@dataclass(frozen=True, slots=True)
class Slots:
    """Pickup times on some weekdays (0 is Monday), in slots of one length."""

    days: tuple[int, ...]
    begins: str
    ends: str
    minutes: int
    capacity: int


@dataclass(frozen=True, slots=True)
class PointPlan:
    """A pickup point of the town itself, and which shops bring their orders there."""

    key: str
    name_zh: str
    name_en: str
    address: str
    hood: str
    lat: float
    lng: float
    note: str
    slots: tuple[Slots, ...]
    shops: tuple[str, ...]


EVERY_DAY = (0, 1, 2, 3, 4, 5, 6)
WORK_DAYS = (0, 1, 2, 3, 4)
WEEKEND = (5, 6)

HOODS = (
    Hood(
        "maitian",
        "麦田里",
        "Maitian Lane",
        30.7672,
        103.9801,
        ((30.7697, 103.9768), (30.7694, 103.9801), (30.7700, 103.9838), (30.7650, 103.9836), (30.7646, 103.9803), (30.7651, 103.9771)),
    ),
    Hood(
        "yinxing",
        "银杏苑",
        "Ginkgo Court",
        30.7716,
        103.9806,
        ((30.7742, 103.9770), (30.7747, 103.9806), (30.7739, 103.9842), (30.7700, 103.9838), (30.7694, 103.9801), (30.7697, 103.9768)),
    ),
    Hood(
        "shuyuan",
        "书院街",
        "Academy Street",
        30.7675,
        103.9866,
        ((30.7700, 103.9838), (30.7718, 103.9871), (30.7705, 103.9903), (30.7672, 103.9913), (30.7643, 103.9899), (30.7650, 103.9836)),
    ),
    Hood(
        "hewan",
        "河湾",
        "Riverbend",
        30.7625,
        103.9812,
        ((30.7651, 103.9771), (30.7646, 103.9803), (30.7650, 103.9836), (30.7632, 103.9868), (30.7606, 103.9851), (30.7598, 103.9800), (30.7610, 103.9764)),
    ),
    Hood(
        "laozhan",
        "老站",
        "Old Station",
        30.7664,
        103.9738,
        ((30.7697, 103.9768), (30.7699, 103.9727), (30.7671, 103.9699), (30.7639, 103.9712), (30.7651, 103.9771)),
    ),
)

TRADES = (
    Trade("bakery", "面包点心", "Bakery", "bakery"),
    Trade("breakfast", "早餐小吃", "Breakfast and snacks", "breakfast"),
    Trade("noodles", "面馆", "Noodles", "noodles"),
    Trade("restaurant", "饭馆", "Restaurant", "restaurant"),
    Trade("greengrocer", "蔬菜", "Vegetables", "greengrocer"),
    Trade("fruit", "水果", "Fruit", "fruit"),
    Trade("butcher", "鲜肉", "Butcher", "butcher"),
    Trade("fish", "水产", "Fish", "seafood"),
    Trade("grocery", "小卖部", "Corner shop", "grocery"),
    Trade("tea", "茶", "Tea", "tea"),
    Trade("cafe", "咖啡", "Coffee", "cafe"),
    Trade("flowers", "花店", "Flowers", "flowers"),
    Trade("books", "书店", "Books", "bookshop"),
    Trade("hairdresser", "理发", "Hairdresser", "hairdresser"),
    Trade("massage", "推拿理疗", "Massage", "health"),
    Trade("pharmacy", "药房", "Pharmacy", "pharmacy"),
    Trade("repair", "维修", "Repairs", "repair"),
    Trade("phones", "手机维修", "Phone repair", "phone"),
    Trade("bicycle", "自行车", "Bicycles", "bicycle"),
    Trade("housekeeping", "家政", "Housekeeping", "housekeeping"),
    Trade("laundry", "洗衣", "Laundry", "laundry"),
    Trade("tailor", "裁缝", "Tailor", "tailor"),
    Trade("tutoring", "课业辅导", "Tutoring", "tutoring"),
    Trade("print", "打印图文", "Print shop", "print"),
    Trade("photo", "照相", "Photographer", "photo"),
    Trade("pet", "宠物", "Pets", "pet"),
    Trade("parcel", "寄件打包", "Packing and parcels", "parcel"),
    Trade("water", "送水", "Drinking water", "water"),
)

BOARDS = (
    BoardPlan(
        "help",
        "便民求助",
        "Help at hand",
        "问一句，白天四小时内一定有人应。",
        "Ask, and somebody answers within four waking hours.",
        "说清楚在哪、什么时候、试过什么。解决了回来讲一声，让后面的人也用得上。",
        "Say where, when and what you tried. Come back and tell how it ended.",
        "lin",
    ),
    BoardPlan(
        "chat",
        "邻里闲聊",
        "Over the fence",
        "楼道里说得出口的话，这里都能说。",
        "Whatever you would say on the stairs.",
        "可以吵，不骂人；可以八卦，不点别人家的门牌号。",
        "Disagree, don't insult. Gossip, but leave out door numbers.",
        "ningning",
    ),
    BoardPlan(
        "lost",
        "失物招领",
        "Lost and found",
        "捡到的先放稳，丢了的先别急。",
        "Found things are kept safe; lost things are looked for.",
        "写清时间和地点。捡到贵重物品留一个特征别写出来，好让失主来对。",
        "Say when and where. Finders: keep one detail back, so the owner can prove it.",
        "chenbo",
    ),
    BoardPlan(
        "notice",
        "街区通知",
        "Notices",
        "停水停电、修路换表，提前一天知道。",
        "Water, power and roadworks, a day ahead.",
        "通知要有起止时间和联系人。问题可以跟在后面问。",
        "A notice has a beginning, an end and a name to call. Questions go below it.",
        "wuqi",
    ),
    BoardPlan(
        "trade",
        "闲置互换",
        "Pass it on",
        "用不上的东西，给它找个下一家。",
        "A next home for what you no longer use.",
        "标明白送、互换还是多少钱；有毛病照实说。换完把帖子改成“已送出”。",
        "Say free, swap or price, and tell its faults. Mark it when it is gone.",
        "daisy",
    ),
    BoardPlan(
        "parents",
        "带娃",
        "Parents and children",
        "别人家也这样，放心。",
        "It is the same at everybody's house.",
        "不晒别人孩子的脸，不评价别人怎么养。",
        "No pictures of other people's children, no verdicts on other people's parenting.",
        "xiaoman",
    ),
    BoardPlan(
        "sport",
        "动一动",
        "On the move",
        "缺一个人？多半不缺了。",
        "One player short? Not for long.",
        "约人写明水平、费用怎么摊。临时来不了，早一小时说。",
        "Say the level and who pays what. If you can't come, say so an hour before.",
        "ahao",
    ),
    BoardPlan(
        "food",
        "吃在附近",
        "Eating nearby",
        "五百米内，今晚吃什么。",
        "What is for dinner within five hundred metres.",
        "夸要说夸在哪，骂要说吃的什么、哪天吃的。店家可以来回话。",
        "Praise with a reason, complain with a dish and a date. Shops may answer.",
        "douhua",
    ),
    BoardPlan(
        "english",
        "英语角",
        "English corner",
        "写错不笑，写慢等你。",
        "For newcomers and for practice; slow is fine.",
        "用英文写，看不懂可以用中文问。",
        "Write in English; ask in Chinese when you get stuck.",
        "maria",
    ),
)

POINTS = (
    PointPlan(
        "lobby3",
        "银杏苑三号楼大堂",
        "Lobby of Building 3, Ginkgo Court",
        "银杏苑三号楼一层，信报箱左手边",
        "yinxing",
        30.7719,
        103.9811,
        "保安亭登记一下就能进。长辈拿不动的，喊一声周师傅。",
        (
            Slots(WORK_DAYS, "17:30", "19:30", 60, 14),
            Slots(WEEKEND, "10:30", "12:30", 60, 14),
        ),
        ("maitian", "qingshi", "banxigua", "laochen", "jiangbian"),
    ),
    PointPlan(
        "lin-home",
        "林阿姨家门口的架子",
        "The shelf at Auntie Lin's door",
        "河湾七栋一单元一楼，门口有两盆茉莉",
        "hewan",
        30.7628,
        103.9819,
        "志愿者的家，请轻声。架子按楼栋贴了颜色。",
        (
            Slots(WORK_DAYS, "17:30", "20:00", 30, 6),
            Slots(WEEKEND, "09:30", "11:30", 30, 6),
        ),
        ("maitian", "qingshi", "spine", "banxigua"),
    ),
    PointPlan(
        "station",
        "书院街邻里站",
        "Academy Street neighbourhood station",
        "书院街 18 号，社区服务站进门右边",
        "shuyuan",
        30.7677,
        103.9869,
        "有坡道，有座位，轮椅进得来。",
        (
            Slots(WORK_DAYS, "12:00", "13:30", 30, 8),
            Slots(WORK_DAYS, "17:00", "19:00", 60, 12),
            Slots(WEEKEND, "10:00", "12:00", 60, 12),
        ),
        ("maitian", "halfbeat", "spine", "cornershop"),
    ),
)
