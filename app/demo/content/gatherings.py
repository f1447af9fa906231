"""What the town does together: gatherings past, today, this week and later."""

# ruff: noqa: E501 - people write as long as they like, and Chinese in its own punctuation.
# fmt: off

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Meet:
    """One gathering: `day` days from today (negative is past), local begin, length and seats."""

    key: str
    title: str
    title_en: str
    about: str
    about_en: str
    kind: str
    day: int
    begins: str
    minutes: int
    seats: int | None
    place: str
    hood: str
    lat: float
    lng: float
    host: str
    plus_ones: int = 0
    is_step_free: bool = True
    wanted: float = 1.0
    is_for_resident: bool = False


MEETS = (
    Meet(
        "opening-tea", "开张茶话会：带一个杯子来", "Opening tea: bring a cup",
        "第一次见面，不开会。每人说一件想在这里做成的小事，写在布上，明年这天再看。",
        "No speeches. Everybody says one small thing they want to see happen; we write it on a cloth.",
        "meeting", -74, "15:00", 120, 40, "书院街邻里站二楼", "shuyuan", 30.7677, 103.9869, "operator", 1,
    ),
    Meet(
        "repair-1", "周六修理角：坏了别扔", "Saturday repair corner",
        "电风扇、台灯、拉链、自行车。师傅们坐一排，你坐对面，看着它活过来。刀具请用报纸包好。",
        "Fans, lamps, zips and bicycles. Sit opposite and watch it come back to life.",
        "repair", -63, "09:30", 180, 30, "书院街邻里站门口", "shuyuan", 30.7678, 103.9868, "laozhou", 0, wanted=0.9,
    ),
    Meet(
        "bamboo-tasting", "竹林里喝五种茶", "Five teas in the bamboo",
        "从白到红，一人一只盖碗。不讲玄的，只讲水温和忘了喝会怎样。",
        "From white to red, one lidded bowl each, no mysticism.",
        "food", -55, "14:30", 120, 16, "竹影茶社竹里小间", "hewan", 30.7619, 103.9824, "zhuying", 1, is_step_free=False,
    ),
    Meet(
        "bookdrift", "绘本漂流第一站", "Picture books adrift",
        "六家孩子，十二本书。每个孩子讲一页，不许大人帮腔。",
        "Six families, twelve books, every child reads one page.",
        "reading", -48, "10:00", 90, 24, "书脊书店二楼", "shuyuan", 30.7661, 103.9880, "spine", 3, is_step_free=False,
    ),
    Meet(
        "stairs-concert", "楼梯间音乐会", "A concert on the stairs",
        "一到六层，每层一首歌，观众边爬边听。《橄榄树》这次弹完。",
        "One song per floor; the audience climbs.",
        "music", -41, "19:30", 60, 50, "银杏苑 5 栋一单元", "yinxing", 30.7713, 103.9809, "ahao", 2, is_step_free=False, is_for_resident=True,
    ),
    Meet(
        "dumplings", "一百二十个饺子", "A hundred and twenty dumplings",
        "茴香馅、白菜馅。会包的教，不会包的擀，都不会的负责吃和夸。",
        "Those who can, fold; those who can't, roll; the rest praise.",
        "food", -34, "10:00", 150, 20, "河湾七栋林阿姨家", "hewan", 30.7628, 103.9819, "lin", 1, is_step_free=False, wanted=1.4,
    ),
    Meet(
        "phone-class", "陪长辈玩手机", "Phones, patiently",
        "三件事：调大字、关广告、认骗子。一对一坐着教，教到自己会为止。",
        "Three things: bigger letters, fewer adverts, spotting a fraud. One to one.",
        "reading", -27, "14:00", 120, 24, "屏幕医生店里", "shuyuan", 30.7674, 103.9857, "screendoc", 1,
    ),
    Meet(
        "river-clean", "捡河：带手套，带水", "Cleaning the riverbank",
        "从河湾桥到茶社，两公里。上次捡到一只塑料恐龙，已归还。",
        "Two kilometres. Last time we found a dinosaur; it went home.",
        "cleanup", -20, "08:30", 120, 40, "河湾桥头", "hewan", 30.7631, 103.9786, "wuqi", 2,
    ),
    Meet(
        "badminton-1", "周三羽毛球：能连着打十个就行", "Wednesday badminton",
        "四片场地，轮着打，一人十五。打累了隔壁喝汽水。",
        "Four courts, fifteen yuan, soda next door.",
        "sport", -17, "19:30", 120, 16, "书院街学校体育馆", "shuyuan", 30.7683, 103.9862, "ahao", 0, wanted=1.3,
    ),
    Meet(
        "swap", "旧物换新主", "The swap table",
        "一人最多十件，不标价。剩下的孩子先挑，再剩下的进捐箱。",
        "Ten things each, no prices, children choose first.",
        "market", -13, "09:30", 150, 60, "麦田里小广场", "maitian", 30.7671, 103.9803, "daisy", 3, is_for_resident=True,
    ),
    Meet(
        "wall", "给幼儿园画一条会飞的鱼", "Painting a fish that flies",
        "八米的墙，草图已经画好，缺洗刷子的人。衣服请穿不心疼的。",
        "Eight metres of wall, one sketch, many brushes to wash.",
        "craft", -9, "09:00", 240, 18, "河湾幼儿园东墙", "hewan", 30.7616, 103.9801, "aqing", 1, is_for_resident=True,
    ),
    Meet(
        "night-film", "露天电影：带凳子", "Open-air film: bring a stool",
        "放《城南旧事》。风大的话挪到架空层，凳子照样要带。",
        "Under the building if it blows. Stools either way.",
        "film", -6, "19:00", 120, 80, "银杏苑中庭", "yinxing", 30.7717, 103.9806, "ningning", 3,
    ),
    Meet(
        "knife-day", "磨刀日", "Knives and scissors",
        "菜刀剪刀免费磨，报纸包好。陈伯和老师傅同台，谁快一眼就知道。",
        "Free, wrapped in newspaper please.",
        "repair", -3, "09:00", 120, 30, "书院街邻里站门口", "shuyuan", 30.7678, 103.9868, "chenbo",
    ),
    Meet(
        "tea-language", "英语角：狄更斯换咖啡单", "English corner: Dickens for a coffee menu",
        "半小时英文，半小时中文，一杯咖啡。说错不笑，笑了请客。",
        "Half an hour each, one coffee. Who laughs at a mistake pays.",
        "reading", 0, "15:00", 90, 12, "慢半拍咖啡二楼", "shuyuan", 30.7665, 103.9873, "zhengjie", 0, is_step_free=False, wanted=1.2,
    ),
    Meet(
        "chorus", "楼下合唱队第三次排练", "The courtyard choir, third rehearsal",
        "会不会谱都行，音准交给钢琴。今天唱《茉莉花》，两个声部。",
        "No notes needed. Jasmine Flower, in two parts.",
        "music", 0, "19:30", 90, 30, "书院街邻里站二楼", "shuyuan", 30.7677, 103.9869, "lin", 1, is_for_resident=True,
    ),
    Meet(
        "balcony", "周末一起种阳台菜", "Balcony vegetables together",
        "一家一箱，自己种自己抬回家。土、苗和箱子都有，请带一副手套、一个想种的理由。",
        "One box per family. Soil, seedlings and boxes are there; bring gloves and a reason.",
        "garden", 1, "14:00", 120, 24, "银杏苑三号楼架空层", "yinxing", 30.7719, 103.9811, "lin", 3, wanted=2.2, is_for_resident=True,
    ),
    Meet(
        "badminton-2", "羽毛球：这周的局", "Badminton this week",
        "老规矩，四片场地。新来的先打双打，阿浩陪。",
        "Four courts. Newcomers play doubles with Ahao first.",
        "sport", 3, "19:30", 120, 16, "书院街学校体育馆", "shuyuan", 30.7683, 103.9862, "ahao", 0, wanted=1.6,
    ),
    Meet(
        "ask-market", "菜市场改造，念给街道听", "The market plan, read aloud",
        "论坛里说的每一条都打印好了，一条一条念。想自己念自己那条的，上台。",
        "Every post about the market, printed and read out. Read yours yourself if you like.",
        "meeting", 4, "15:00", 90, 60, "书院街邻里站二楼", "shuyuan", 30.7677, 103.9869, "wuqi",
    ),
    Meet(
        "sourdough", "养一罐自己的老六", "A starter of your own",
        "带一只干净罐子来，分你一勺老六，学喂它。失败了可以再来要，老六不生气。",
        "Bring a clean jar, take home a spoonful of Old Six.",
        "craft", 6, "10:00", 120, 14, "麦田面包房后厨", "maitian", 30.7673, 103.9802, "merchant", 1, is_step_free=False, wanted=2.0, is_for_resident=True,
    ),
    Meet(
        "hike", "去后山看雾，中午回来吃面", "Up the hill for the fog, back for noodles",
        "七点集合，八公里，慢的人走前面。雨大改期，雾大不改。",
        "Eight kilometres, slow ones lead, fog is the point.",
        "walk", 8, "07:00", 300, 25, "老站公交站", "laozhan", 30.7661, 103.9731, "zhengjie", 1, is_step_free=False,
    ),
    Meet(
        "family-photo", "一家一张，拍一上午", "One family, one photograph, all morning",
        "一家五分钟，狗算家人。洗出来的挂在步道上一个星期，再领回家。",
        "Five minutes per family, dogs count.",
        "family", 13, "09:30", 180, 40, "麦田里小广场", "maitian", 30.7671, 103.9803, "onephoto", 4,
    ),
)
