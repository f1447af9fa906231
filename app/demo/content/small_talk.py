"""Threads without end, for towns larger than the scripted one: small questions of every day."""

from __future__ import annotations

import random
from collections.abc import Iterator

from app.demo.content.talk import Said, Topic

ASKED = (
    ("help", "谁家有{thing}，借一{while_}", "{place}，用完当天还，送两个橘子。"),
    ("help", "{place}附近哪里能修{thing}", "用了好几年了，舍不得扔。"),
    ("lost", "在{place}捡到一{thing}", "放在旁边的亭子里了，来说个特征就能领。"),
    ("lost", "丢了{thing}，最后一次看到是在{place}", "不值钱，有感情。"),
    ("chat", "{place}今天是不是特别热闹", "路过看到一群人围着{thing}，没挤进去。"),
    ("trade", "送：{thing}，八成新", "在{place}自取，先到先得。"),
    ("parents", "孩子想学{skill}，{place}附近有推荐吗", "试过网课，坐不住。"),
    ("sport", "有人一起{skill}吗，{place}集合", "水平不限，迟到十分钟以内都等。"),
    ("food", "{place}新开的那家，{dish}怎么样", "排队的人不少，想听实话。"),
    ("english", "Anyone near {english_place} for {english}?", "Half an hour, slow is fine."),
)
THINGS = [
    "梯子",
    "电钻",
    "卷尺",
    "折叠椅",
    "打气筒",
    "婴儿车",
    "雨伞",
    "缝纫机",
    "台灯",
    "电风扇",
    "行李箱",
    "三轮车",
    "毛线帽",
    "水壶",
    "画架",
    "口琴",
]
WHILES = ["下午", "晚上", "天", "小时", "个周末"]
PLACES = [
    "河湾桥头",
    "书院街口",
    "银杏苑中庭",
    "老站公交站",
    "麦田里小广场",
    "绿道起点",
    "菜市场西门",
    "邻里站门口",
]
SKILLS = ["书法", "游泳", "乒乓球", "口琴", "围棋", "跳绳", "慢跑", "太极"]
DISHES = ["抄手", "锅盔", "豆花", "小笼", "凉面", "酸辣粉", "烤饼", "冰粉"]
ENGLISH_PLACES = ("the bridge", "Academy Street", "the station", "Ginkgo Court")
ENGLISH_THINGS = ("a walk", "table tennis", "language exchange", "a coffee", "chess")
ANSWERS = (
    "有的，晚上过来拿。",
    "我知道一家，走路五分钟，回头发你。",
    "同问，蹲一个。",
    "昨天刚去过，挺好的，就是要排队。",
    "问问林阿姨，她都知道。",
    "我也想去，带我一个。",
    "已经解决了吗？没有的话我周末有空。",
    "谢谢提醒，差点错过。",
    "邻里站有，登记一下就能用。",
    "I can help, I am around after six.",
)


def small_talk(dice: random.Random, count: int, days: int) -> Iterator[Topic]:
    """So many small threads over so many days, most of them answered."""
    for _ in range(max(0, count)):
        board, title, text = dice.choice(ASKED)
        words = {
            "thing": dice.choice(THINGS),
            "while_": dice.choice(WHILES),
            "place": dice.choice(PLACES),
            "skill": dice.choice(SKILLS),
            "dish": dice.choice(DISHES),
            "english_place": dice.choice(ENGLISH_PLACES),
            "english": dice.choice(ENGLISH_THINGS),
        }
        answers = dice.sample(ANSWERS, dice.choice((0, 1, 1, 2, 2, 3)))
        replies = tuple(
            Said(f"?{2 + n}", round(0.2 + dice.expovariate(0.4) * (n + 1), 2), answer)
            for n, answer in enumerate(answers)
        )
        yield Topic(
            board,
            "?1",
            title.format(**words),
            text.format(**words),
            replies,
            dice.choice(("question", "discussion")),
            dice.randint(0, max(1, days - 2)),
            dice.randint(8, 21),
            None,
        )
