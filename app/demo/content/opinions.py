"""What neighbours write about what they collected, and what the shops say to it."""

# ruff: noqa: E501 - people write as long as they like.
# fmt: off

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Opinion:
    """Stars and words about one listing; the shop's answer, where it gives one."""

    offer: str
    stars: int
    text: str
    answer: str = ""


OPINIONS = (
    Opinion("sourdough", 5, "壳硬得要用力气，心里头软得像话。家里老人泡着汤吃，也说好。", "泡汤是第三天的吃法，您家是行家。"),
    Opinion("sourdough", 4, "味道没得说，就是四点半那炉老是抢不到。", "周三周六加了一炉，早上十点前下单一般都有。"),
    Opinion("sourdough", 5, "Closest thing to the bread of home. Old Six deserves a statue."),
    Opinion("sourdough", 2, "这次底有点糊了，切的时候掉了一层黑的。", "对不起，那天炉子换了层板。下次来报名字，补您一条。"),
    Opinion("osmanthus-scone", 5, "刚出炉的时候整条街都知道。不甜，老人小孩都能吃。"),
    Opinion("osmanthus-scone", 4, "香是真香，就是有点小，两口没了。", "做大了中间不熟，我们试过三回。"),
    Opinion("baguette", 5, "掰开真的有声音，女儿非要掰第二根。"),
    Opinion("baguette", 3, "下午去拿已经有点回软，建议早上买。", "下午那炉四点半出，定那个点，别定两点。"),
    Opinion("croissant", 5, "掉渣掉了一路，喜鹊跟着我到单元门。"),
    Opinion("croissant", 4, "Flaky and honest. A bit more salt would make it perfect."),
    Opinion("redbean-bun", 5, "我妈的牙只认这个。"),
    Opinion("zajiang", 5, "豌豆面得恰到好处，带走也没坨，因为老吴把汤分开装了。"),
    Opinion("zajiang", 4, "分量足，微辣对我来说还是辣。", "下回备注“不要海椒”，我亲自盯着。"),
    Opinion("hongshao", 3, "肉给得实在，汤有点咸。", "记下了，这周盐少一勺。您再来尝尝。"),
    Opinion("chili-oil", 5, "拌什么都好吃，拌过一次西瓜，不后悔。"),
    Opinion("sweet-tofu", 5, "小时候的味道，红糖是真红糖。"),
    Opinion("savoury-tofu", 4, "酸得正，花生脆，就是早上要排队，好在预定的不用排。"),
    Opinion("beef-guokui", 5, "刚出锅烫嘴，值得。"),
    Opinion("brown-sugar-guokui", 4, "糖会流，走路别吃。", "提醒得对，已经写在纸袋上了。"),
    Opinion("pork-xlb", 5, "皮薄不破，带回家还有汤。"),
    Opinion("crispy-pork", 4, "带回家还是脆的，花椒香。要是多给点干碟就好了。", "干碟可以备注多要，不收钱。"),
    Opinion("bag-two", 5, "五样菜，没有一样重样，也没有一样烂的。两口人吃三天刚好。"),
    Opinion("bag-two", 4, "菜新鲜。连着两周都有茄子，第三周我就备注了。", "看见备注了，换成了莴笋。"),
    Opinion("tomato", 5, "沙的，真的沙。多年没吃到了。"),
    Opinion("ugly", 5, "丑是丑了点，炒出来一个样，价钱对半。"),
    Opinion("free-eggs", 3, "蛋黄颜色好，就是三十个里碎了两个。", "碎的给您补上，以后装蛋托再装袋。"),
    Opinion("half-melon", 4, "切面新鲜，保鲜膜裹得严。甜度看运气，这次运气一般。"),
    Opinion("strawberry", 5, "一颗坏的都没有，娃娃一路吃回家。"),
    Opinion("belly", 5, "陈伯说做回锅肉切这块，听他的没错。"),
    Opinion("crucian", 4, "杀好洗净，一点腥味没有。取货时间卡得有点紧。", "现在多开了五点半那一档。"),
    Opinion("latte", 5, "拉花是个月亮，老板说今天是十五。"),
    Opinion("latte", 3, "咖啡不错，等了十多分钟，店名没骗人。", "慢半拍，认了。预定的话到点就有。"),
    Opinion("basque", 5, "中间是流的，没见过这么不讲理的蛋糕。"),
    Opinion("jasmine", 4, "茶好，竹椅子坐了一下午没人催。"),
    Opinion("weekly", 5, "每周换一种，配的小卡片上写着怎么养。"),
    Opinion("pot", 5, "说养不死，我试了，是真的。"),
    Opinion("blind-book", 4, "拆开是一本讲桥的书，没想到看完了。"),
    Opinion("cut", 5, "说剪短一点，就真的只短一点。"),
    Opinion("cut", 4, "手艺稳，就是晚到了五分钟我自己不好意思。", "五分钟不算晚，路上慢点。"),
    Opinion("kids", 5, "儿子第一次剪头没哭，还要了一颗糖。"),
    Opinion("senior-cut", 5, "替我爸约的，师傅扶着上的椅子，还把耳朵后头也刮干净了。"),
    Opinion("shoulders", 4, "手劲大，第二天松快。空调有点凉。", "给您那床加了毯子。"),
    Opinion("plumbing", 5, "准时到，先看后报价，旧垫圈拿给我看哪里坏了。"),
    Opinion("plumbing", 4, "修得好，来之前多打了一个电话确认，有点吵着老人午睡。", "记住了，中午改发消息。"),
    Opinion("lamps", 5, "梯子、灯泡、抹布都自己带，走的时候地上是干净的。"),
    Opinion("elder-phone", 5, "清出来四个手电筒，妈妈终于会关广告了。"),
    Opinion("screen", 3, "屏换好了，边上有一点缝。", "拿过来，五分钟给您压一压，不收钱。"),
    Opinion("puncture", 5, "十分钟补好，顺手把链条也上了油。"),
    Opinion("clean-2h", 4, "厨房擦得发亮，窗槽没顾上。", "两小时先紧着厨房卫生间，窗槽下次放第一个。"),
    Opinion("shirts", 5, "领口那块酱油没了，熨得像新买的。"),
    Opinion("zipper", 5, "八块钱救了一件羽绒服。"),
    Opinion("homework", 4, "去了两周，作业在那儿写完，回家不吵架了。"),
    Opinion("id-photo", 5, "总算有一张像本人的证件照。"),
    Opinion("small-dog", 5, "我家那位不理人的，出来尾巴是摇的。", "它第二次来就自己跳上台子了。"),
    Opinion("barrel", 4, "水没问题，桶口的盖子有点紧，女同志拧不开。", "来店里说一声，帮您先松开。"),
)
WORDS = (
    "准时来的，自己带了袋子，谢谢。",
    "取的时候正忙，让您多等了一会儿。",
    "Came on time and checked everything at the counter. Thank you.",
    "带着孩子来的，孩子很有礼貌。",
)
