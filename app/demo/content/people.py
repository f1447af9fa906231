"""Who lives in the town: the ones with a voice, and the names of everybody else."""

# ruff: noqa: E501 - people write as long as they like, and Chinese in its own punctuation.
# fmt: off

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Voice:
    """Somebody who is known by name in the threads, behind a counter or on a board."""

    key: str
    name: str
    hood: str
    about: str = ""
    signature: str = ""
    speaks: str = "zh_Hans"
    mail: str = ""
    is_early: bool = True


VOICES = (
    Voice("resident", "苏棠", "maitian", "插画师，养一只不理人的狗，正在学会跟邻居打招呼。", "楼下见", mail="resident@linli.test"),
    Voice("merchant", "麦师傅", "maitian", "麦田面包房的麦，也是慢半拍咖啡的那半拍。凌晨四点在线。", "老六今天心情不错", mail="merchant@linli.test"),
    Voice("operator", "程一苇", "shuyuan", "在邻里站值班。有事直接说，不用铺垫。", "谁先看到谁先答", mail="operator@linli.test"),
    Voice("lin", "林阿姨", "hewan", "退休小学老师，会蒸馒头，会劝架。", "门口架子随时可以放"),
    Voice("wuqi", "吴琦", "shuyuan", "书院街邻里站，水电路灯电梯找我。", "8:30–18:00 在站里"),
    Voice("ningning", "宁宁", "maitian", "记者，收集楼道里的故事。", ""),
    Voice("daisy", "Daisy 妈", "yinxing", "两个女儿，一个比一个有主意。", ""),
    Voice("maria", "Maria", "shuyuan", "From Porto, three years here. Loud Chinese, correct cakes.", "改天 = today", speaks="en"),
    Voice("oliver", "Oliver", "shuyuan", "New here. Afraid of chilli, lifts and forms.", "", speaks="en", is_early=False),
    Voice("hannah", "Hannah", "yinxing", "Teaches chemistry, eats tofu.", "", speaks="en", is_early=False),
    Voice("ahao", "阿浩", "laozhan", "羽毛球队长，工作日是程序员。", "差一个"),
    Voice("zhaoyi", "赵一鸣", "maitian", "新手爸爸，旧水管。", ""),
    Voice("chenye", "陈晔", "yinxing", "", "随便就是不随便"),
    Voice("wangmei", "王梅", "yinxing", "小熊妈妈。", ""),
    Voice("zhengjie", "郑洁", "hewan", "退休英语老师，读过全部狄更斯，点不来咖啡。", "天是一点一点亮的"),
    Voice("xiaobei", "小贝", "yinxing", "元宝的监护人，十一楼。", "请问我几楼"),
    Voice("gaoyuan", "高远", "hewan", "一株豌豆的农民。", ""),
    Voice("lilei", "李磊", "maitian", "夜班。白天勿扰，豆花除外。", ""),
    Voice("lijuan", "李娟", "laozhan", "", ""),
    Voice("oldhu", "胡爷爷", "laozhan", "一九七六年住进老站。", "打字慢，别催"),
    Voice("aqing", "阿青", "hewan", "画墙的。", ""),
    Voice("laowu", "老吴", "laozhan", "老吴面馆。", "拌三下"),
    Voice("douhua", "豆花嫂", "maitian", "巷口豆花，六点开锅。", "甜咸都有"),
    Voice("abing", "阿兵", "shuyuan", "阿兵锅盔。", ""),
    Voice("guojie", "郭姐", "shuyuan", "屋檐小笼。", "先开窗后喝汤"),
    Voice("hechun", "何春", "hewan", "一锅春。", "不辣不要钱，辣了也要钱"),
    Voice("qingshi", "青石", "yinxing", "青石菜铺，五点收菜。", "丑菜半价"),
    Voice("banxigua", "小西", "yinxing", "半个西瓜。", "不甜拿来换"),
    Voice("chenbo", "陈伯", "yinxing", "老陈鲜肉，兼磨菜刀。", ""),
    Voice("jiangbian", "江边老李", "hewan", "江边鱼档，猫的朋友。", ""),
    Voice("cornershop", "转角奶奶", "shuyuan", "转角小卖部，三代人看店，现在是孙女打字。", "十一点关门"),
    Voice("zhuying", "竹影", "hewan", "竹影茶社。", ""),
    Voice("halfbeat", "阿拍", "shuyuan", "慢半拍咖啡的店长。No hurry.", "", speaks="en"),
    Voice("latespring", "春迟", "maitian", "迟到的春天花店。", "送自己的不用写卡片"),
    Voice("spine", "书脊", "shuyuan", "书店，新旧各半。", ""),
    Voice("xiaoman", "小满", "maitian", "小满理发，两把椅子。", ""),
    Voice("oldchair", "老师傅", "laozhan", "老地方理发店，一九八六年的椅子。", ""),
    Voice("gentle", "谢师傅", "yinxing", "推拿小馆，读屏打字，错字请包涵。", ""),
    Voice("ginkgo-rx", "银杏药师", "yinxing", "银杏药房值班药师。", "血压免费量"),
    Voice("laozhou", "老周", "laozhan", "老周修理铺，水管灯锁窗。", "先看后说价"),
    Voice("screendoc", "屏幕医生", "shuyuan", "修手机，先备份。", ""),
    Voice("spoke", "辐条", "hewan", "辐条车行。打气免费。", ""),
    Voice("handy", "手边晓云", "hewan", "手边家政。", ""),
    Voice("cloud", "云朵", "maitian", "云朵洗衣。", ""),
    Voice("stitch", "苏姨", "laozhan", "针脚，裁缝。", ""),
    Voice("onelamp", "方老师", "shuyuan", "一盏灯课堂。", "先想五分钟再举手"),
    Voice("twice", "复印复印", "shuyuan", "图文店，第二天早上七点半能取。", ""),
    Voice("onephoto", "小川", "maitian", "一张照片，不修脸。", ""),
    Voice("fur", "毛孩子", "yinxing", "宠物洗护，刻牌子。", ""),
    Voice("parcels", "代收小屋", "yinxing", "收件、寄件、香肠打包。", ""),
    Voice("spring", "清泉", "laozhan", "送水。", ""),
)

SURNAMES = (
    "王李张刘陈杨黄赵周吴徐孙马朱胡郭何林罗高梁郑谢唐许冯宋韩邓彭曹曾田萧潘袁蔡蒋余于杜叶程魏苏"
    "吕丁任卢姚沈钟姜崔谭陆范汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫段雷龙黎史陶贺毛郝顾龚邵万覃"
)
GIVEN = ["嘉禾", "思源", "雨桐", "一诺", "子墨", "明月", "书瑶", "静怡", "建国", "桂芳", "志强", "秀英", "国庆", "晓东", "丽华", "海燕", "文博", "欣然", "若溪", "云舟", "知夏", "听雨", "佳音", "天佑", "春生", "玉兰", "德福", "美玲", "振华", "小川", "青禾", "望舒", "景行", "怀瑾", "可心", "安宁", "乐天", "长安", "念慈", "婉清", "慧敏", "永康", "冬梅", "立夏", "秋实", "正阳", "雪松", "红霞", "卫东", "素芬", "淑贞", "俊杰", "梓涵", "浩然", "梦洁", "伟", "芳", "敏", "静", "磊", "洋", "艳", "勇", "军", "杰", "娟", "涛", "超", "霞", "平", "刚", "桂英", "文静", "彦霖", "允之", "亦舒", "林溪", "沐阳", "半夏", "初晴", "松年", "鹤鸣", "其琛", "采薇", "子衿", "南风", "北辰"]
NICKNAMES = (
    "302 的小李",
    "五楼半",
    "河湾钓鱼的",
    "不吃香菜",
    "雨天收衣服",
    "老站看车的",
    "半夜写代码",
    "跑步的老唐",
    "晒太阳的猫",
    "多放葱",
    "今天也没下楼",
    "骑车上班",
    "阳台农民",
    "修伞的",
    "六点十分",
    "一碗素面",
    "楼下老王",
    "早睡失败",
    "听雨轩主",
    "河边遛狗",
    "二单元班长",
    "刚搬来的",
    "别问我几楼",
    "爱吃丑柑",
    "慢慢来",
    "隔壁小郑",
    "电梯修好了吗",
    "豆花要辣",
    "三栋晾衣绳",
    "绿萝杀手",
)
ENGLISH_NAMES = (
    "Amélie",
    "Ben",
    "Chloe W.",
    "Dmitri",
    "Emma",
    "Farid",
    "Grace Lin",
    "Henrik",
    "Ines",
    "Jonas",
    "Kavya",
    "Leo",
    "Mei-Ling",
    "Nadia",
    "Omar",
    "Priya",
    "Quentin",
    "Rosa",
    "Sami",
    "Tomoko",
    "Uma",
    "Viktor",
    "Wen (Wendy)",
    "Yusuf",
    "Zoë",
)
ABOUTS = (
    "",
    "",
    "",
    "住了八年，最近才认识对门。",
    "遛狗路线固定，狗不固定。",
    "会一点电工，会很多退堂鼓。",
    "退休，时间多，话也多。",
    "两点一线，中间是豆花摊。",
    "什么活动都想参加，什么活动都迟到。",
    "刚搬来，请多关照。",
    "Here for two years, here for good.",
    "只看不说，偶尔点谢谢。",
)


def names(dice: random.Random, count: int) -> Iterator[str]:
    """So many names, none twice: full names mostly, some nicknames, some in Latin letters."""
    taken: set[str] = {voice.name for voice in VOICES}
    fixed = dice.sample(NICKNAMES, len(NICKNAMES)) + dice.sample(ENGLISH_NAMES, len(ENGLISH_NAMES))
    specials = [fixed[i % len(fixed)] for i in range(len(fixed))]
    given = 0
    while given < count:
        if specials and dice.random() < 0.28:
            name = specials.pop()
        else:
            name = dice.choice(SURNAMES) + dice.choice(GIVEN)
        if name in taken:
            name = f"{name}{dice.randint(2, 9999)}"
        if name not in taken:
            taken.add(name)
            given += 1
            yield name
