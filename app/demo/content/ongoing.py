"""What is going on in the shops just now: their words for what is new, offered or asked."""

# ruff: noqa: E501 - people write as long as they like, and Chinese in its own punctuation.
# fmt: off

from __future__ import annotations

from dataclasses import dataclass

from app.demo.content.pantry import DAIRY
from app.merchants.types import FeeStep, ListingDraft, ListingKind, VariantDraft


@dataclass(frozen=True, slots=True)
class Round:
    """Where a shop brings things: how far, from which sum, for which fee."""

    shop: str
    name_zh: str
    name_en: str
    note: str
    metres: int
    minimum_minor: int
    fee_minor: int
    steps: tuple[FeeStep, ...]


ROUNDS = (
    Round(
        "qingshi", "青石的小三轮", "Bluestone's little tricycle",
        "上午送叶子菜，下午送锅里要的。没电梯的也送，六楼歇一脚就到。",
        1500, 2000, 600, (FeeStep(300, up_to_metres=600), FeeStep(0, from_minor=5000)),
    ),
    Round(
        "spring", "清泉送水上门", "Clear Spring, brought upstairs",
        "扛上楼不加钱，空桶放门口就好。",
        2500, 1000, 500, (FeeStep(0, from_minor=3000), FeeStep(200, up_to_metres=500)),
    ),
)

BOTTLES = ListingDraft(
    ListingKind.GOODS, "瓶装山泉水", "Spring water, bottled",
    (VariantDraft(200, "一瓶", "One bottle", 240), VariantDraft(2000, "整箱十二瓶", "Case of twelve", pack_size=12)),
    description="和桶装的是同一口泉。带孩子出门的拿一瓶，开家长会的搬一箱。",
    unit="550 毫升", position=4,
)
CAKE = ListingDraft(
    ListingKind.GOODS, "六寸寿桃蛋糕（定做）", "Longevity peach cake, made to order",
    (VariantDraft(16800, "六寸", "Six inch"),),
    description="给过寿的长辈。桃子是豆沙的，人数、忌口、寿星姓什么，都写在备注里。A day's notice, four a day.",
    rules="至少提前一天订。写好的字当面看过再装盒，改一次不收钱。",
    allergens=DAIRY, unit="6 寸，约 900 克", position=8, daily_total=4, lead_days=1,
)
# The bakery's shelf, section by section; the cake above stands in the last.
SECTIONS = (
    ("面包", "Bread", ("sourdough", "baguette", "walnut-rye", "redbean-bun")),
    ("点心", "Pastries", ("croissant", "osmanthus-scone", "granola")),
    ("蛋糕", "Cakes", ("birthday",)),
)

COUPON = ("早班面包减五元", "Five off the early loaves")
WELCOME = ("邻里见面礼", "A hello from the neighbourhood")
MEMBER_PRICE = ("邻居价桂花司康", "Osmanthus scones for members")

SUBSTITUTE = "黑麦这一炉裂得难看，我不好意思给您。换成整条乡村酸面包，价钱按黑麦的来，您看行吗？"
TAP_WISH = "厨房水龙头关紧了也一直滴，夜里听得见。水槽下面那根软管也旧了，能一起换吗？"
TAP_WORDS = "看了您的照片，阀芯老了。软管我带两根，按实际换的算。"
TAP_LINES = (("换陶瓷阀芯，含料", 6800, 1), ("不锈钢软管", 2500, 2))
DAY_OFF = "回老家看外婆"
CLOSED = "那天下午书院街停电检修，磨豆机开不了，对不起。"
IN_LINE = ("胡爷爷", "穿蓝棉袄的师傅")

ORANGES = ListingDraft(
    ListingKind.GOODS, "赣南脐橙十斤箱", "Gannan navel oranges, 5 kg",
    (VariantDraft(5800, "一箱", "One box"),),
    description="果园直发，一车拉到银杏苑。皮厚一点，耐放，过年前吃完刚好。",
    unit="10 斤", position=8,
)
POMEGRANATES = ListingDraft(
    ListingKind.GOODS, "会理软籽石榴", "Soft-seed pomegranates from Huili",
    (VariantDraft(6800, "一箱八个", "Box of eight"),),
    description="籽是软的，老人孩子不用吐。凑够一车就发，果农老何的儿子开夜车送来。",
    unit="约 7 斤", position=9,
)
ORANGES_REACHED = 5200
# Who joined, with how many boxes.
ATE_ORANGES = (("lin", 1), ("wangmei", 2), ("chenye", 1), ("daisy", 1), ("zhengjie", 1))
WANT_POMEGRANATES = (("lin", 1), ("xiaobei", 1), ("zhengjie", 2), ("gaoyuan", 1), ("ahao", 1))
TOGETHER = (
    "会理石榴拼一车，明天截单",
    "小西说的那家果园，软籽，我吃过两年，老头子假牙都嚼得动。\n\n"
    "八箱起发，凑到十二箱每箱便宜八块。取货还在半个西瓜门口，到了我在群里喊。\n\n"
    "不够八箱就算了，钱一分不收。",
)
