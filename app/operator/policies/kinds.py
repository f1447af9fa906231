"""Three kinds of town to start from; all of it is a proposal that the operator may change."""

# ruff: noqa: E501 - a promise is one line.
# fmt: off

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from app.core.i18n import lazy_gettext as _l


@dataclass(frozen=True, slots=True)
class BoardIdea:
    """A board that suits a kind of town, in both languages."""

    name: str
    name_en: str
    promise: str
    promise_en: str
    rules: str
    rules_en: str
    required: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class PointIdea:
    """A pickup point that such a town usually has; its address is the operator's to fill in."""

    name: str
    name_en: str
    days: str
    opens: str
    closes: str
    capacity: int


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of town: what its site usually starts with."""

    key: str
    label: Any
    says: Any
    drawing: str
    accent: str
    boards: tuple[BoardIdea, ...]
    trades: tuple[str, ...]
    points: tuple[PointIdea, ...]
    commission_bp: int
    charter: str
    charter_en: str
    tone: str
    tone_en: str


HELP = BoardIdea(
    "便民求助", "Help at hand",
    "问一句，白天四小时内一定有人应。", "Ask, and somebody answers within four waking hours.",
    "说清楚在哪、什么时候、试过什么。解决了回来讲一声。", "Say where, when and what you tried. Come back and tell how it ended.",
    (("在哪一带", "Whereabouts"),),
)
LOST = BoardIdea(
    "失物招领", "Lost and found",
    "捡到的先放稳，丢了的先别急。", "Found things are kept safe; lost things are looked for.",
    "写清时间和地点。捡到贵重的，留一个特征别写，好让失主来对。", "Say when and where. Finders keep one detail back, so that the owner can prove it.",
    (("时间", "When"), ("地点", "Where")),
)
SECOND_HAND = BoardIdea(
    "二手转让", "Second hand",
    "好东西不出门就有人接手。", "Good things find a second home next door.",
    "写明几成新、什么价、怎么取。卖掉了把帖子标上“已出”。", "Say its age, its price and where to collect it. Mark the thread when it is gone.",
    (("价钱", "Price"),),
)

TOWERS = Kind(
    "towers", _l("An estate of towers"), _l("Lifts, gates, a property office, thousands behind one wall."), "gathering", "brick",
    boards=(
        HELP,
        BoardIdea(
            "楼道闲聊", "On the landing",
            "电梯里聊不完的，这里接着聊。", "What the lift ride was too short for.",
            "可以吵，不骂人；不点别人家的门牌号。", "Disagree, don't insult. Leave out door numbers.",
        ),
        BoardIdea(
            "物业与维修", "Upkeep of the house",
            "报修有回音，进度看得见。", "Every repair gets an answer, and its progress can be seen.",
            "一事一帖，写明楼号和部位，最好拍照。急事先打物业电话。", "One matter a thread, with building and place, best with a picture. What is urgent is phoned in first.",
            (("楼号", "Building"),),
        ),
        BoardIdea(
            "停水停电通知", "Water, power, notices",
            "停水停电、电梯检修，提前一天知道。", "Water, power and lifts: known a day ahead.",
            "通知写明起止时间和联系人，问题跟在后面问。", "A notice has a beginning, an end and a name to call. Questions go below it.",
        ),
        LOST, SECOND_HAND,
        BoardIdea(
            "团购接龙", "Buying together",
            "大家一起买，算得清、取得到。", "Bought together, reckoned clearly, collected next door.",
            "团长写明截止时间、成团数和取货点。差额退清再开下一团。", "Whoever leads says the deadline, the number needed and the pickup point, and settles before starting anew.",
        ),
    ),
    trades=("food", "breakfast", "bakery", "grocery", "market", "repair", "beauty", "laundry", "health", "learning", "pets", "home"),
    points=(
        PointIdea("物业前台", "Property office", "every", "09:00", "19:00", 20),
        PointIdea("大门快递架", "Parcel shelf at the gate", "every", "17:30", "20:30", 30),
    ),
    commission_bp=500,
    charter="""一、我们是楼上楼下的邻居，先问好，再说事。
二、有人求助，看到的人搭一句；自己不会，就帮着喊一声。
三、说事不说人，不点门牌号，不贴别人家的照片。
四、报名了就来，订了就取；来不了早说一声。
五、店家明码标价，出了问题先赔礼再讲理。
六、删帖和禁言都写明缘由，谁都可以申诉。""",
    charter_en="""1. We live above and below each other: say hello first.
2. When somebody asks for help, whoever sees it answers; who cannot help calls somebody who can.
3. Talk about the matter, not the person. No door numbers, no pictures of other people's homes.
4. Who signed up comes, who ordered collects; who cannot says so early.
5. Shops state their prices, and put things right before they argue.
6. Whatever is hidden and whoever is silenced is told why, and may appeal.""",
    tone="像在电梯里遇见那样说话。",
    tone_en="Talk as you would in the lift.",
)

SMALL_TOWN = Kind(
    "small-town", _l("An old small town"), _l("One high street, a market, families that have known each other for long."), "market", "sun",
    boards=(
        HELP,
        BoardIdea(
            "街坊茶馆", "The teahouse",
            "一壶茶的工夫，镇上的事都聊到了。", "All that goes on in town, over one pot of tea.",
            "老少都看得到，话说得体面些。家事点到为止。", "Young and old read along: keep it decent, and leave family matters at home.",
        ),
        BoardIdea(
            "赶集与农货", "Market days",
            "逢集有什么、谁家的好，赶集前先看一眼。", "What the next market brings, and whose is best.",
            "写明哪天、哪个摊、什么价。自家地里的，说清是自家的。", "Say the day, the stall and the price. What is home-grown says so.",
            (("哪一天", "Which day"),),
        ),
        BoardIdea(
            "红白喜事与帮工", "Weddings, wakes, helping hands",
            "谁家办事缺人手，喊一声就来。", "When a family needs hands, they come.",
            "写明日子、要几个人、管不管饭。白事帖不开玩笑。", "Say the day, how many, and whether there is a meal. No jokes under a wake.",
        ),
        BoardIdea(
            "镇上通知", "Notices of the town",
            "停电、修路、打疫苗，一条不漏。", "Power, roads, vaccinations: nothing missed.",
            "通知写明起止时间和联系人。转来的消息写明出处。", "A notice has a beginning, an end and a name. What is passed on names its source.",
        ),
        LOST,
        BoardIdea(
            "老街故事", "Stories of the old street",
            "老照片、老手艺、老地名，记下来就不会丢。", "Old pictures, crafts and names, written down so that they stay.",
            "写明年份和听谁说的。老人的话，尽量照原样记。", "Say the year and who told it. Keep an old person's words as they were said.",
        ),
    ),
    trades=("food", "breakfast", "grocery", "market", "repair", "beauty", "laundry", "health", "flowers", "wheels", "clothes", "stay"),
    points=(
        PointIdea("供销社柜台", "The co-op's counter", "every", "08:00", "18:00", 30),
        PointIdea("集市服务点", "The market's service stall", "weekend", "06:30", "11:30", 40),
    ),
    commission_bp=300,
    charter="""一、乡里乡亲，低头不见抬头见，话留三分余地。
二、有忙帮忙，没空也回一声，别让人干等。
三、买卖凭良心：斤两足，来路清，说几点就几点。
四、家长里短到此为止，不往外传，不添油加醋。
五、长辈不会用，年轻人搭把手；不嫌慢，不替他做主。
六、管事的人做了什么，写在明处，问了就答。""",
    charter_en="""1. We will meet again tomorrow: leave each other room.
2. Help where you can; who has no time says so, and nobody is left waiting.
3. Trade honestly: full weight, a known origin, and on time.
4. What is told here about families stays here, and nothing is added.
5. The young lend the old a hand with this site, without hurrying them and without deciding for them.
6. What those in charge do is written where all can see it; who asks is answered.""",
    tone="像在街口遇见长辈那样说话。",
    tone_en="Talk as you would to an elder at the corner.",
)

CAMPUS = Kind(
    "campus", _l("A university quarter"), _l("Dormitories, canteens, copy shops; people come in September and leave in June."), "reading", "sky",
    boards=(
        HELP,
        BoardIdea(
            "树洞闲聊", "Small talk",
            "想说就说，有人听。", "Say it, somebody listens.",
            "不人肉，不挂人。心里难受的，我们先接住，再一起找老师和医院。", "Nobody is hunted down or put on show. Who is not well is held first; then we look for help together.",
        ),
        BoardIdea(
            "课程与考试", "Courses and exams",
            "选课、笔记、考场，过来人一句顶十句。", "Courses, notes, exams: one word from somebody who was there.",
            "写明学校、课程和学期。分享自己的笔记，不传试卷答案。", "Say the school, course and term. Share your own notes, not the answers.",
            (("课程", "Course"),),
        ),
        BoardIdea(
            "合租与搬家", "Rooms and moving",
            "房东、中介、室友，先在这里问个明白。", "Landlords, agents, flatmates: ask here first.",
            "写明位置、月租、押金、能住到几号。图要是自己拍的。", "Say where, the rent, the deposit and until when. Pictures must be your own.",
            (("月租", "Rent a month"), ("位置", "Where")),
        ),
        SECOND_HAND,
        BoardIdea(
            "兼职与实习", "Jobs and internships",
            "先看清楚，再去面试。", "Look closely, then go.",
            "写明单位、时薪、结算日。要交钱的一律不许发。", "Say who employs, the hourly pay and the pay day. Whatever asks for money up front is not allowed.",
            (("时薪", "Pay an hour"),),
        ),
        BoardIdea(
            "搭子与社团", "Company wanted",
            "吃饭、打球、自习，差一个人就来这里喊。", "For a meal, a match or a desk: one more is found here.",
            "写明时间地点和几个人。第一次见面约在人多的地方。", "Say when, where and how many. Meet in a busy place the first time.",
        ),
        LOST,
    ),
    trades=("food", "breakfast", "cafe", "grocery", "repair", "beauty", "laundry", "health", "learning", "books", "wheels", "sport", "leisure"),
    points=(
        PointIdea("南门快递站", "South gate parcel station", "every", "11:00", "20:00", 60),
        PointIdea("宿舍楼下", "Downstairs at the dormitory", "workdays", "17:00", "19:00", 30),
    ),
    commission_bp=400,
    charter="""一、来自四面八方，先当邻居，再论高下。
二、新来的问什么都不丢人，答的人当年也问过。
三、不人肉，不挂人，不传别人的照片和聊天记录。
四、交易当面点清，押金写在明处，要先交钱的都是骗子。
五、约好了就到；毕业前把借的还了，把占的退了。
六、管理员按写下的规矩办，办了什么都看得到，不服可以申诉。""",
    charter_en="""1. We come from everywhere: neighbours first, rankings later.
2. No question of a newcomer is silly; whoever answers asked it once.
3. Nobody is hunted down or put on show; no pictures or chats of others.
4. Count it together when you trade, write the deposit down; who wants money up front is a cheat.
5. Be there when you said so. Before you leave, give back what you borrowed.
6. Those in charge follow the written rules in the open, and anybody may appeal.""",
    tone="像在食堂拼桌那样说话。",
    tone_en="Talk as you would at a shared table.",
)

EMPTY = Kind(
    "empty", _l("Another kind of place"), _l("Start with empty lists and one board for help."), "welcome", "brick",
    boards=(HELP,), trades=("food", "grocery", "repair", "other"), points=(), commission_bp=500,
    charter="", charter_en="", tone="", tone_en="",
)

KINDS: dict[str, Kind] = {kind.key: kind for kind in (TOWERS, SMALL_TOWN, CAMPUS, EMPTY)}
USUAL = TOWERS.key
USUAL_ACCENT = "brick"
ACCENTS: dict[str, Any] = {
    "brick": _l("Brick"), "leaf": _l("Leaf"), "sky": _l("Sky"), "sun": _l("Ochre"),
    "plum": _l("Plum"), "ink": _l("Ink"),
}


def kind_of(key: str) -> Kind:
    """Return the kind of that name; the usual one where there is none."""
    return KINDS.get(key, KINDS[USUAL])


def asked_lines(text: str) -> list[dict[str, str]]:
    """Return what a new thread must say, from lines such as “价钱 / Price”."""
    found = []
    for line in filter(None, (line.strip() for line in text.splitlines())):
        label, _slash, english = (part.strip() for part in line.partition("/"))
        if label:
            found.append({"label": label[:40], "label_en": english[:40] or label[:40]})
    return found
