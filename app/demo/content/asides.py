"""Questions under shops and listings, and what the people behind the counter say."""

# ruff: noqa: E501 - people write as long as they like.
# fmt: off

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Aside:
    """A question under a listing, so many days ago, and the shop's answer some hours later."""

    offer: str
    who: str
    day: int
    text: str
    after_hours: float
    answer: str


ASIDES = (
    Aside("sourdough", "chenye", 44, "切片能帮切吗？老人手没力气。", 1.5, "能，下单备注“切厚”或者“切薄”。凉透了才能切，所以切的要下午取。"),
    Aside("sourdough", "hannah", 23, "Is there any milk or egg in it? Asking for a neighbour.", 0.8, "Flour, water, salt, and Old Six. Nothing else, ever."),
    Aside("osmanthus-scone", "?1", 12, "能不能少糖？", 2.0, "本来就不太甜。再少它就不肯发了，我们吵过。"),
    Aside("birthday", "wangmei", 9, "可以写“元宝一岁”吗？是只猫。", 0.6, "可以，送一根蜡烛，猫不能吃奶油，请你替它吃。"),
    Aside("zajiang", "oliver", 31, "Which one is less spicy, this or the red one?", 1.1, "这个不辣。Less spicy is this. The red one is a lesson."),
    Aside("chili-oil", "ningning", 18, "开封以后能放多久？", 3.0, "冰箱两个月。你家放不了两个月。"),
    Aside("bag-two", "lijuan", 27, "小孩不吃茄子，能换吗？", 1.4, "备注写“不要茄子”，换成别的。写“什么都行”的我们最喜欢。"),
    Aside("half-melon", "?2", 15, "切好的能放到晚上吗？", 0.5, "冷藏到晚上没问题，过夜就不好吃了，明天再买半个。"),
    Aside("plumbing", "gaoyuan", 36, "老小区铁管也修吗？锈得厉害。", 2.2, "修。先拍张接头的照片发来，我看带哪种管件。太老的我会劝你换一段。"),
    Aside("cut", "xiaobei", 20, "头发很少，会不会剪完更少？", 1.0, "会看着更多，这是我们的手艺。带张你喜欢的照片来。"),
    Aside("senior-cut", "oldhu", 50, "不会用手机的老伙计，可以替他约吗？", 4.0, "可以，名字写他的，人来就行，忘了时间也没事。"),
    Aside("shoulders", "ahao", 14, "打球拉伤的能按吗？", 1.6, "两天内的别来，先冰敷。三天以后再约，来了先问诊。"),
    Aside("small-dog", "resident", 6, "我家的不太理人，也不让别人理，行吗？", 0.9, "行，先来玩两次。带一件你穿过的旧衣服给它垫着。"),
    Aside("english-talk", "zhaoyi", 29, "三岁能上吗？", 2.5, "太小啦，五岁再来。现在先跟他说“晚安”就够了。"),
    Aside("barrel", "chenye", 40, "五楼没电梯，能送吗？", 1.2, "自提点在我们店。独居的、带小娃的、腿脚不好的，说一声，顺路搬上去，不收钱。"),
)
