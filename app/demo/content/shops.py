"""The merchants of the town: who they are, when they are open, what they promise."""

# ruff: noqa: E501 - people write as long as they like, and Chinese in its own punctuation.
# fmt: off

from __future__ import annotations

from dataclasses import dataclass

from app.demo.content.town import EVERY_DAY, WEEKEND, WORK_DAYS, Slots


@dataclass(frozen=True, slots=True)
class Helper:
    """Somebody or something that a bookable service needs, and when it works."""

    key: str
    name_zh: str
    name_en: str
    kind: str = "person"
    times: tuple[tuple[tuple[int, ...], str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Shop:
    """One merchant as the town knows it."""

    key: str
    name_zh: str
    name_en: str
    trade: str
    hood: str
    address: str
    lat: float
    lng: float
    phone: str
    hours: str
    about: str
    owner: str
    slots: tuple[Slots, ...] = ()
    helpers: tuple[Helper, ...] = ()
    point_note: str = ""
    commission_bp: int | None = None
    accept_minutes: int = 30
    cancel_minutes: int = 60
    owes_no_show: bool = False
    lead_minutes: int = 60
    lively: float = 1.0


ALL_DAY = (Slots(EVERY_DAY, "10:00", "20:00", 120, 8),)
EVENING = (Slots(WORK_DAYS, "16:00", "19:00", 60, 8), Slots(WEEKEND, "10:00", "18:00", 120, 8))
MORNING = (Slots(EVERY_DAY, "07:00", "10:00", 60, 10),)

SHOPS = (
    Shop(
        "maitian", "麦田面包房", "Maitian Bakery", "bakery", "maitian",
        "麦田里 12 号，老梧桐树对面", 30.76731, 103.98022, "028-5550-0112",
        "周二至周日 7:30-19:30；周一休息",
        "凌晨四点开炉，酸种养了六年，叫“老六”。卖完就关灯，不放隔夜。"
        "Sourdough from a six-year-old starter named Old Six. When it is gone, the lights go out.",
        "merchant",
        (Slots((1, 2, 3, 4, 5, 6), "08:00", "10:00", 60, 8), Slots((1, 2, 3, 4, 5, 6), "16:00", "19:00", 60, 10)),
        point_note="从侧门取，不用排队。", accept_minutes=240, lead_minutes=60, lively=4.0,
    ),
    Shop(
        "laowu", "老吴面馆", "Wu's Noodles", "noodles", "laozhan",
        "老站路 3 号", 30.76652, 103.97401, "028-5550-0103",
        "周一至周六 6:30-14:00，17:00-20:30；周日 6:30-14:00",
        "面是早上压的，臊子是昨晚炒的，汤是前天就开始熬的。辣度从“不辣”到“老吴自己吃的”。",
        "laowu", (Slots(EVERY_DAY, "11:00", "13:30", 30, 6), Slots((0, 1, 2, 3, 4, 5), "17:30", "20:00", 30, 6)),
        point_note="外带窗口在左边，汤和面分开装。", accept_minutes=15, lead_minutes=30, lively=2.2,
    ),
    Shop(
        "xiangkou", "巷口豆花", "Tofu at the Corner", "breakfast", "maitian",
        "麦田里 2 号巷口", 30.76699, 103.97955, "138-0000-2210",
        "每天 6:00-11:00；周六、周日 6:00-12:00",
        "一口锅、一把勺、两张桌子。甜的咸的都有，别在这里吵这个。",
        "douhua", MORNING, point_note="直接说取豆花就行。", accept_minutes=20, lead_minutes=20, lively=1.8,
    ),
    Shop(
        "abing", "阿兵锅盔", "Abing's Guokui", "breakfast", "shuyuan",
        "书院街小学后门斜对面", 30.76795, 103.98713, "138-0000-2318",
        "周一至周五 6:40-9:30，15:30-18:30；周六、周日 7:30-12:00",
        "炉子是父亲留下的，面一天只和两盆。放学那半小时人多，先下单不用排。",
        "abing",
        (Slots(WORK_DAYS, "07:00", "09:00", 30, 8), Slots(WORK_DAYS, "16:00", "18:00", 30, 8), Slots(WEEKEND, "08:00", "11:00", 60, 10)),
        accept_minutes=15, lead_minutes=20, lively=1.4,
    ),
    Shop(
        "eaves", "屋檐小笼", "Under the Eaves", "restaurant", "shuyuan",
        "书院街 27 号", 30.76702, 103.98655, "028-5550-0127",
        "每天 10:30-14:00，16:30-20:30",
        "一笼八个，皮薄，汤烫，先开窗后喝汤。周三下午店里包包子，想学的孩子可以来。",
        "guojie", (Slots(EVERY_DAY, "11:00", "13:30", 30, 6), Slots(EVERY_DAY, "17:00", "20:00", 60, 8)),
        accept_minutes=20, lead_minutes=40, lively=1.5,
    ),
    Shop(
        "chunguo", "一锅春", "Spring Pot", "restaurant", "hewan",
        "河湾滨河步道 6 号", 30.76221, 103.98173, "028-5550-0136",
        "周一至周五 16:30-22:00；周六、周日 11:00-22:00",
        "自家炒的牛油底料，二十一味，少一味老板睡不着。锅底可以带走，锅不行。",
        "hechun", (Slots(EVERY_DAY, "17:00", "20:00", 60, 8),), accept_minutes=30, cancel_minutes=120,
        owes_no_show=True, lead_minutes=60,
    ),
    Shop(
        "qingshi", "青石菜铺", "Bluestone Greens", "greengrocer", "yinxing",
        "银杏苑西门菜市场 14 号摊", 30.77141, 103.97938, "138-0000-2456",
        "每天 6:30-19:00",
        "天没亮去郊外收，沾着泥的才是今天的。太丑的便宜卖，味道一样。",
        "qingshi", (Slots(EVERY_DAY, "08:00", "10:00", 60, 10), Slots(EVERY_DAY, "16:00", "19:00", 60, 12)),
        point_note="写着楼号的袋子在摊位后面。", accept_minutes=30, lead_minutes=45, lively=2.4,
    ),
    Shop(
        "banxigua", "半个西瓜", "Half a Melon", "fruit", "yinxing",
        "银杏苑东门 5 号铺", 30.77182, 103.98243, "138-0000-2501",
        "每天 9:00-21:30",
        "一个人住也能吃到西瓜：所有水果都能买半个、切好、今天吃。不甜拿回来换。",
        "banxigua", ALL_DAY, accept_minutes=20, lead_minutes=30, lively=2.0,
    ),
    Shop(
        "laochen", "老陈鲜肉", "Chen's Butcher", "butcher", "yinxing",
        "银杏苑西门菜市场 3 号摊", 30.77133, 103.97927, "138-0000-2533",
        "每天 6:00-13:00，15:30-18:30",
        "只卖当天的。要肥一点瘦一点、切丝切片，下单写清楚，写了就照办。",
        "chenbo", (Slots(EVERY_DAY, "08:00", "11:00", 60, 10), Slots(EVERY_DAY, "16:00", "18:00", 60, 8)),
        accept_minutes=30, lead_minutes=60, lively=1.3,
    ),
    Shop(
        "jiangbian", "江边鱼档", "Riverbank Fish", "fish", "hewan",
        "河湾菜市场 9 号摊", 30.76279, 103.98092, "138-0000-2587",
        "周二至周日 7:00-13:00；周一休息",
        "现杀现称，水不算钱。鱼头可以留给隔壁的猫，记得备注。",
        "jiangbian", (Slots((1, 2, 3, 4, 5, 6), "08:00", "12:00", 60, 6),), accept_minutes=30,
        cancel_minutes=120, owes_no_show=True, lead_minutes=90,
    ),
    Shop(
        "cornershop", "转角小卖部", "The Corner Shop", "grocery", "shuyuan",
        "书院街 1 号", 30.76834, 103.98482, "028-5550-0141",
        "每天 7:00-23:00",
        "三代人看店。灯泡、酱油、作业本、小孩忘带的红领巾，都有。",
        "cornershop", ALL_DAY, accept_minutes=20, lead_minutes=20, lively=1.4,
    ),
    Shop(
        "zhuying", "竹影茶社", "Bamboo Shade Tea", "tea", "hewan",
        "河湾公园南门竹林里", 30.76189, 103.98241, "028-5550-0152",
        "每天 9:00-21:00",
        "盖碗茶坐一下午不赶人。茶叶论两卖，先尝后买。下雨天竹叶声免费。",
        "zhuying", EVENING, (Helper("tea-room", "竹里小间", "The bamboo room", "room"),),
        accept_minutes=60, lead_minutes=60, lively=0.8,
    ),
    Shop(
        "halfbeat", "慢半拍咖啡", "Half a Beat Coffee", "cafe", "shuyuan",
        "书院街 33 号二楼", 30.76648, 103.98733, "028-5550-0158",
        "周一至周四 8:30-20:00；周五至周日 9:00-22:00",
        "No wifi password on the wall, ask and we talk. 豆子每周二烘，烘那天整条楼梯都是香的。",
        "merchant", (Slots(EVERY_DAY, "09:00", "20:00", 60, 8),), accept_minutes=15, lead_minutes=20, lively=1.7,
    ),
    Shop(
        "latespring", "迟到的春天", "Late Spring Flowers", "flowers", "maitian",
        "麦田里 19 号", 30.76688, 103.98117, "138-0000-2672",
        "周二至周日 9:30-19:30；周一休息",
        "花是周二、周五凌晨从斗南来的。送人的写卡片，送自己的不用写。",
        "latespring", EVENING, accept_minutes=60, cancel_minutes=240, lead_minutes=120, lively=0.9,
    ),
    Shop(
        "spine", "书脊", "The Spine", "books", "shuyuan",
        "书院街 40 号", 30.76611, 103.98802, "028-5550-0163",
        "周三至周一 10:30-20:30；周二休息",
        "新书旧书各一半。找不到的书写给我们，三天内回信。A shelf of second-hand English novels by the window.",
        "spine", EVENING, accept_minutes=120, lead_minutes=60, lively=0.9,
    ),
    Shop(
        "xiaoman-hair", "小满理发", "Xiaoman Hair", "hairdresser", "maitian",
        "麦田里 8 号", 30.76755, 103.97988, "028-5550-0171",
        "周二至周日 10:00-20:00；周一休息",
        "两把椅子，不办卡，不推销。剪坏了当场说，当场改。",
        "xiaoman",
        helpers=(
            Helper("chair-man", "小满", "Xiaoman", "person", (((1, 2, 3, 4, 5, 6), "10:00", "19:30"),)),
            Helper("chair-yuan", "阿元", "Ayuan", "person", (((2, 3, 4, 5, 6), "11:00", "20:00"),)),
        ),
        accept_minutes=60, cancel_minutes=120, lead_minutes=60, lively=1.3,
    ),
    Shop(
        "oldchair", "老地方理发店", "The Old Chair", "hairdresser", "laozhan",
        "老站路 21 号", 30.76701, 103.97322, "138-0000-2745",
        "每天 8:00-18:00",
        "椅子是一九八六年的，师傅比椅子大三十岁。七十岁以上剪头十块，刮脸送。",
        "oldchair",
        helpers=(Helper("old-chair", "老椅子", "The old chair", "chair", ((EVERY_DAY, "08:00", "17:30"),)),),
        accept_minutes=120, lead_minutes=60, lively=0.7,
    ),
    Shop(
        "gentle", "推拿小馆", "Gentle Hands", "massage", "yinxing",
        "银杏苑商铺 11 号", 30.77203, 103.98087, "028-5550-0179",
        "每天 11:00-22:00",
        "两位盲人师傅，手上有眼睛。肩颈、落枕、坐出来的腰。请提前五分钟到。",
        "gentle",
        helpers=(
            Helper("master-xie", "谢师傅", "Master Xie", "person", (((0, 1, 2, 4, 5, 6), "11:00", "21:30"),)),
            Helper("master-luo", "罗师傅", "Master Luo", "person", (((0, 2, 3, 4, 5), "13:00", "22:00"),)),
        ),
        accept_minutes=60, cancel_minutes=120, owes_no_show=True, lead_minutes=60,
    ),
    Shop(
        "ginkgo-rx", "银杏药房", "Ginkgo Pharmacy", "pharmacy", "yinxing",
        "银杏苑北门 2 号", 30.77298, 103.98072, "028-5550-0184",
        "每天 8:00-21:30",
        "不卖处方药上网，来了当面问。血压免费量，老人家看不清说明书我们用大字抄一份。",
        "ginkgo-rx", ALL_DAY, accept_minutes=30, lead_minutes=30, lively=0.8,
    ),
    Shop(
        "laozhou", "老周修理铺", "Zhou's Repairs", "repair", "laozhan",
        "老站路 9 号车库", 30.76631, 103.97447, "138-0000-2811",
        "周一至周六 8:30-18:30；周日休息",
        "水管、灯、锁、漏风的窗。先看后说价，修不好不收钱，旧零件给你看了再丢。",
        "laozhou", (Slots((0, 1, 2, 3, 4, 5), "09:00", "18:00", 180, 6),),
        (
            Helper("zhou", "老周", "Old Zhou", "person", (((0, 1, 2, 3, 4, 5), "09:00", "12:00"), ((0, 1, 2, 3, 4, 5), "13:30", "18:00"))),
            Helper("zhou-jr", "小周", "Young Zhou", "person", (((5,), "09:00", "17:00"),)),
        ),
        accept_minutes=60, cancel_minutes=120, commission_bp=300, lead_minutes=120, lively=1.4,
    ),
    Shop(
        "screendoc", "屏幕医生", "Screen Doctor", "phones", "shuyuan",
        "书院街 15 号地下通道口", 30.76743, 103.98571, "138-0000-2866",
        "每天 10:00-21:00",
        "换屏四十分钟，等的时候给你一把椅子和一杯水。照片先备份，再动手。",
        "screendoc", ALL_DAY, (Helper("bench", "维修台", "The bench", "chair"),),
        accept_minutes=30, lead_minutes=60, lively=0.8,
    ),
    Shop(
        "spoke", "辐条车行", "Spoke and Chain", "bicycle", "hewan",
        "河湾绿道起点", 30.76322, 103.97902, "028-5550-0192",
        "周二至周日 9:00-18:30；周一休息",
        "打气永远免费。Second-hand bikes with an honest list of what was changed. 车没修好，先借你一辆骑回家。",
        "spoke", EVENING, (Helper("stand", "修车架", "The work stand", "chair"),),
        accept_minutes=120, lead_minutes=120, lively=0.8,
    ),
    Shop(
        "handy", "手边家政", "Near at Hand", "housekeeping", "hewan",
        "河湾四栋底商", 30.76265, 103.98015, "028-5550-0196",
        "周一至周六 8:00-18:00；周日休息",
        "八位阿姨，都住在附近，都有健康证。同一家尽量派同一个人，猫也认人。",
        "handy",
        helpers=(
            Helper("aunt-deng", "邓姐", "Sister Deng", "person", (((0, 1, 2, 3, 4, 5), "08:00", "17:30"),)),
            Helper("aunt-qiu", "秋姐", "Sister Qiu", "person", (((0, 1, 3, 4), "08:30", "16:30"),)),
            Helper("aunt-ma", "马姐", "Sister Ma", "person", (((1, 2, 3, 5), "09:00", "17:30"),)),
        ),
        accept_minutes=120, cancel_minutes=720, owes_no_show=True, commission_bp=800, lead_minutes=720,
    ),
    Shop(
        "cloud", "云朵洗衣", "Cloud Laundry", "laundry", "maitian",
        "麦田里 25 号", 30.76664, 103.98183, "028-5550-0205",
        "每天 8:30-20:00",
        "羽绒服不甩，毛衣不挂。上午送来后天取，扣子掉了顺手缝上，不另收钱。",
        "cloud", ALL_DAY, accept_minutes=60, lead_minutes=120, lively=0.9,
    ),
    Shop(
        "stitch", "针脚", "Stitch by Stitch", "tailor", "laozhan",
        "老站路 30 号二楼", 30.76688, 103.97275, "138-0000-2930",
        "周一至周六 9:30-19:00；周日休息",
        "改裤脚、换拉链、把爸爸的旧衬衫改成孩子的。布头自己拿，别客气。",
        "stitch", EVENING, (Helper("needle", "苏姨", "Aunt Su", "person", (((0, 1, 2, 3, 4, 5), "09:30", "18:30"),)),),
        accept_minutes=120, lead_minutes=120, lively=0.8,
    ),
    Shop(
        "onelamp", "一盏灯课堂", "One Lamp Study Room", "tutoring", "shuyuan",
        "书院街 22 号三楼", 30.76713, 103.98834, "028-5550-0217",
        "周一至周五 15:30-21:00；周六、周日 9:00-18:00",
        "作业陪写，不代写。一张桌子四个孩子，灯够亮，手机放门口的鞋盒里。",
        "onelamp",
        helpers=(
            Helper("teacher-fang", "方老师", "Ms Fang", "person", ((WORK_DAYS, "16:00", "20:30"), ((5,), "09:00", "17:30"))),
            Helper("teacher-tom", "Tom 老师", "Tom", "person", (((2, 4), "17:00", "20:30"), (WEEKEND, "10:00", "17:30"))),
        ),
        accept_minutes=240, cancel_minutes=720, commission_bp=600, lead_minutes=240, lively=0.8,
    ),
    Shop(
        "twice", "复印复印", "Printed Twice", "print", "shuyuan",
        "书院街 11 号", 30.76768, 103.98532, "028-5550-0223",
        "周一至周六 8:30-20:00；周日 10:00-17:00",
        "证件照、论文、孩子第二天要交的手抄报。晚上八点前发来，明早七点半能取。",
        "twice", (Slots((0, 1, 2, 3, 4, 5), "09:00", "19:00", 120, 10),), accept_minutes=30, lead_minutes=60, lively=0.9,
    ),
    Shop(
        "onephoto", "一张照片", "One Photograph", "photo", "maitian",
        "麦田里 16 号", 30.76712, 103.98071, "138-0000-2988",
        "周三至周日 10:00-18:30；周一、周二休息",
        "每家一年来拍一张，我们替你留底片。不修脸，只等你笑。",
        "onephoto",
        slots=(Slots((2, 3, 4, 5, 6), "10:00", "18:00", 120, 6),),
        helpers=(Helper("studio", "影棚", "The studio", "room", (((2, 3, 4, 5, 6), "10:00", "18:00"),)),),
        accept_minutes=240, cancel_minutes=720, lead_minutes=240, lively=0.6,
    ),
    Shop(
        "fur", "毛孩子", "Fur and Friends", "pet", "yinxing",
        "银杏苑商铺 7 号", 30.77161, 103.98137, "028-5550-0231",
        "每天 10:00-20:00",
        "洗澡间是玻璃的，你可以看着。胆小的先来玩两次再洗，不收钱。",
        "fur", ALL_DAY,
        (Helper("tub", "大浴缸", "The big tub", "room"), Helper("table", "美容台", "The grooming table", "chair")),
        accept_minutes=60, cancel_minutes=180, lead_minutes=120, lively=0.9,
    ),
    Shop(
        "parcels", "代收小屋", "The Parcel Hut", "parcel", "yinxing",
        "银杏苑南门岗亭旁", 30.77061, 103.98055, "138-0000-3021",
        "每天 8:00-21:30",
        "纸箱回收再用，易碎的多裹一层不要钱。给外地孩子寄腊肉香肠，真空包装我们有机器。",
        "parcels", ALL_DAY, accept_minutes=60, lead_minutes=30, lively=0.7,
    ),
    Shop(
        "spring", "清泉送水", "Clear Spring Water", "water", "laozhan",
        "老站路 44 号", 30.76602, 103.97219, "028-5550-0244",
        "每天 8:00-19:00",
        "桶洗了三遍才灌。自提便宜两块，顺便帮独居老人搬上楼，这个不用钱。",
        "spring", ALL_DAY, accept_minutes=60, lead_minutes=60, lively=0.9,
    ),
)
