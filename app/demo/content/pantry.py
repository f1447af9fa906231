"""What is eaten and drunk: the listings of the food shops."""

# ruff: noqa: E501 - people write as long as they like, and Chinese in its own punctuation.
# fmt: off

from __future__ import annotations

from app.demo.content.offers import goods
from app.merchants.types import DietaryMark, ListingDraft, ListingKind, VariantDraft

WHEAT = "小麦（麸质）Wheat"
DAIRY = "小麦、奶、蛋 Wheat, milk, egg"
SOY = "大豆 Soy"

PANTRY = (
    goods(
        "maitian", "sourdough", ("乡村酸面包", "Country sourdough"),
        "老六发的酸种，三分之一全麦，壳硬心软。第二天切片烤，第三天煮汤泡着吃，都对。",
        ("整条", "Whole loaf", 2600, 14), ("半条", "Half loaf", 1400, 12),
        unit="每条约 650 克", allergens=WHEAT, liked=3.0,
    ),
    goods(
        "maitian", "osmanthus-scone", ("桂花司康", "Osmanthus scone"),
        "书院街那两棵桂花树的花，经树主人同意。配茶刚好，配咖啡也不吵。",
        ("一个", "One", 800, 30), ("一盒四个", "Box of four", 3000, 8),
        unit="每个约 90 克", allergens=DAIRY, liked=2.2,
    ),
    goods(
        "maitian", "baguette", ("法棍", "Baguette"),
        "每天两炉，七点半和四点半。掰开有声音。Two bakes a day; listen for the crack.",
        ("一根", "One", 1200, 24), unit="约 280 克", allergens=WHEAT, liked=1.8,
    ),
    goods(
        "maitian", "walnut-rye", ("核桃黑麦", "Walnut rye"),
        "颜色深，脾气好。核桃自己剥的，偶尔有漏网的壳，先道歉。",
        ("整条", "Whole loaf", 3200, 8), ("半条", "Half loaf", 1700, 8),
        unit="每条约 600 克", allergens="小麦、黑麦、核桃 Wheat, rye, walnut",
    ),
    goods(
        "maitian", "croissant", ("黄油可颂", "Butter croissant"),
        "叠了二十七层，掉渣是应该的。周末多做一盘。",
        ("一个", "One", 1300, 26), unit="约 70 克", allergens=DAIRY, liked=1.9,
    ),
    goods(
        "maitian", "redbean-bun", ("红豆老面包", "Red bean bun"),
        "给牙不好的邻居做的，软，不甜。",
        ("一个", "One", 600, 28), ("六个", "Six", 3300, 6),
        unit="每个约 85 克", allergens=DAIRY, liked=1.4,
    ),
    goods(
        "maitian", "birthday", ("小生日蛋糕", "A small birthday cake"),
        "四寸，两三个人的生日够了。写什么字请备注，十个字以内，会写繁体。",
        ("栗子", "Chestnut", 8800, 3), ("草莓", "Strawberry", 9800, 3),
        unit="4 寸，约 380 克", allergens=DAIRY, liked=0.5,
    ),
    goods(
        "maitian", "granola", ("烤燕麦", "Baked granola"),
        "烤面包剩下的炉温做的，一周一次。有坚果，没有葡萄干，我们不喜欢葡萄干。",
        ("一罐", "One jar", 3600, 10),
        unit="350 克", allergens="燕麦、杏仁、奶 Oats, almond, milk", liked=0.7,
    ),
    goods(
        "laowu", "zajiang", ("豌杂面", "Noodles with peas and minced pork"),
        "豌豆炖到起沙，面挑起来要拌三下。没拌就吃的，老吴会走过来帮你拌。",
        ("二两", "Small", 1300, 40), ("三两", "Large", 1600, 40), allergens="小麦、大豆、花生 Wheat, soy, peanut", liked=2.4,
    ),
    goods(
        "laowu", "hongshao", ("红烧牛肉面", "Braised beef noodles"),
        "牛腱子炖四个钟头，肉比面多的时候也有，看老吴心情。",
        ("二两", "Small", 1900, 30), ("三两", "Large", 2300, 30), allergens=WHEAT, liked=2.0,
    ),
    goods(
        "laowu", "suxiang", ("素椒杂酱", "Dry noodles, mild"),
        "不辣的人也有面吃。Not spicy, really.",
        ("二两", "Small", 1200, 30), allergens=WHEAT,
    ),
    goods(
        "laowu", "chili-oil", ("老吴辣椒油", "Wu's chilli oil"),
        "二荆条出香，小米辣出味，菜籽油出声。拌什么都行，拌错了也行。",
        ("一瓶", "One bottle", 2200, 12), unit="240 毫升", allergens="花生、芝麻 Peanut, sesame", liked=0.8,
    ),
    goods(
        "xiangkou", "sweet-tofu", ("红糖豆花", "Tofu pudding, brown sugar"),
        "早上六点第一锅最嫩。红糖自己熬的，有姜。",
        ("一碗", "One bowl", 500, 40), allergens=SOY, liked=1.8,
    ),
    goods(
        "xiangkou", "savoury-tofu", ("酸辣豆花", "Tofu pudding, hot and sour"),
        "馓子、榨菜、芹菜、油辣子，吃完出一层汗，去上班。",
        ("一碗", "One bowl", 600, 40), allergens="大豆、小麦、花生 Soy, wheat, peanut", liked=2.0,
    ),
    goods(
        "xiangkou", "soymilk", ("现磨豆浆", "Fresh soy milk"),
        "不加糖，糖在旁边。自己带杯子少收一块。",
        ("一杯", "One cup", 400, 50), ("带走一升", "One litre to go", 1000, 10), unit="400 毫升", allergens=SOY,
    ),
    goods(
        "xiangkou", "youtiao", ("油条", "Dough stick"),
        "一锅炸十二根，炸到自己站起来为止。",
        ("两根", "Two", 500, 40), allergens=WHEAT, liked=1.6,
    ),
    goods(
        "abing", "beef-guokui", ("牛肉锅盔", "Beef guokui"),
        "先煎后烤，撕开冒烟。小心烫，尤其是你，后排戴红领巾的。",
        ("一个", "One", 900, 36), allergens=WHEAT, liked=1.8,
    ),
    goods(
        "abing", "brown-sugar-guokui", ("红糖锅盔", "Brown sugar guokui"),
        "糖会流出来，要双手捧着吃。",
        ("一个", "One", 500, 36), allergens=WHEAT, liked=1.3,
    ),
    goods(
        "abing", "liangfen-guokui", ("凉粉锅盔", "Guokui with cold jelly"),
        "锅盔是热的，凉粉是凉的，一口下去不知道该吹还是该吸。",
        ("一个", "One", 800, 24), allergens="小麦、花生 Wheat, peanut",
    ),
    goods(
        "eaves", "pork-xlb", ("鲜肉小笼", "Pork soup dumplings"),
        "八个一笼。外带给你配一小盒姜醋，回家蒸一分钟就活过来。",
        ("一笼", "One basket", 1800, 30), allergens=WHEAT, liked=2.0,
    ),
    goods(
        "eaves", "veg-bao", ("荠菜豆腐包", "Shepherd's purse buns"),
        "素的，六个。荠菜是郭姐她妈在河边挑的，有季节，没了就没了。",
        ("六个", "Six", 1500, 20), allergens="小麦、大豆 Wheat, soy",
    ),
    goods(
        "eaves", "frozen-wonton", ("冷冻小馄饨", "Frozen wontons"),
        "晚归的人冰箱里应该有一袋。水开下锅，浮起来数到二十。",
        ("一袋三十个", "Bag of thirty", 2800, 14), unit="约 420 克", allergens="小麦、虾、蛋 Wheat, shrimp, egg",
    ),
    goods(
        "eaves", "congee", ("南瓜小米粥", "Pumpkin millet porridge"),
        "给牙疼的、加班的、刚吵完架的。",
        ("一碗", "One bowl", 700, 25), liked=0.8,
    ),
    goods(
        "chunguo", "hotpot-base", ("牛油火锅底料", "Beef tallow hot pot base"),
        "一块够四个人哭着笑一晚上。Enough for four brave people.",
        ("微辣", "Mild", 3800, 10), ("中辣", "Medium", 3800, 14), ("老板辣", "The owner's", 4200, 6),
        unit="400 克", allergens=SOY, liked=1.3,
    ),
    goods(
        "chunguo", "set-two", ("双人外带锅", "Take-away pot for two"),
        "底料、毛肚、鸭肠、嫩牛肉、土豆、豆皮，洗好切好。锅自己出。",
        ("一份", "One set", 12800, 5), allergens="大豆、蛋 Soy, egg", liked=0.7,
    ),
    goods(
        "chunguo", "crispy-pork", ("现炸小酥肉", "Crispy pork"),
        "花椒粒是整颗的，吃到算你运气。",
        ("一份", "One portion", 2600, 12), allergens="小麦、蛋 Wheat, egg",
    ),
    goods(
        "qingshi", "bag-two", ("两口之家菜袋", "Vegetable bag for two"),
        "三样叶子、两样根、一把葱。今天地里有什么就是什么，开袋像拆信。",
        ("一袋", "One bag", 1800, 20), unit="约 2 公斤", liked=2.0,
    ),
    goods(
        "qingshi", "tomato", ("沙瓤番茄", "Old-fashioned tomatoes"),
        "皮薄，有酸味，像小时候的。软的今天吃，硬的明天吃。",
        ("一斤", "500 g", 600, 40), ("三斤", "1.5 kg", 1650, 10), liked=1.6,
    ),
    goods(
        "qingshi", "pea-shoots", ("豌豆尖", "Pea shoots"),
        "霜打过才甜，十一月开始有。下面条最后十秒放。",
        ("半斤", "250 g", 700, 20), liked=1.4,
    ),
    goods(
        "qingshi", "ugly", ("丑菜半价袋", "The ugly bag"),
        "弯的黄瓜、分叉的萝卜、晒伤的南瓜。味道一样，孩子更爱。",
        ("一袋", "One bag", 900, 12), unit="约 2 公斤",
    ),
    goods(
        "qingshi", "free-eggs", ("跑山鸡蛋", "Hillside eggs"),
        "大小不一，因为鸡也不一。有双黄的别喊，喊了大家都要。",
        ("十个", "Ten", 1500, 20), ("三十个", "Thirty", 4200, 6), allergens="蛋 Egg",
    ),
    goods(
        "banxigua", "half-melon", ("半个西瓜", "Half a watermelon"),
        "大棚的尾巴，还甜。送一把勺子，站着吃坐着吃都行。",
        ("半个", "Half", 1600, 16), ("切好一盒", "Cut, one box", 1200, 14), liked=1.5,
    ),
    goods(
        "banxigua", "tangerine", ("蒲江丑柑", "Ugly tangerines"),
        "丑得有道理。皮留着泡脚，这是邻居教的。",
        ("三斤", "1.5 kg", 2100, 20), ("一箱十斤", "Box, 5 kg", 6500, 6), liked=1.8,
    ),
    goods(
        "banxigua", "strawberry", ("双流草莓", "Strawberries"),
        "早上六点摘的，绒毛还在。不洗不切不碰，放冷藏。",
        ("一盒", "One box", 2800, 14), unit="约 400 克", liked=1.4,
    ),
    goods(
        "banxigua", "fruit-box", ("一人水果盒", "Fruit for one"),
        "三样水果一人份，给不知道买什么的人。No choice needed.",
        ("一盒", "One box", 1500, 18), unit="约 350 克", liked=1.5,
    ),
    goods(
        "banxigua", "pomelo", ("一瓣一瓣剥好的柚子", "Pomelo, already peeled"),
        "剥柚子这种事，值这八块钱。",
        ("一盒", "One box", 1800, 8), unit="约 500 克",
    ),
    goods(
        "laochen", "belly", ("五花肉", "Pork belly"),
        "要做红烧还是回锅，备注一个字就够：“烧”或者“锅”。",
        ("一斤", "500 g", 2200, 20), liked=1.4,
    ),
    goods(
        "laochen", "minced", ("现绞肉末", "Minced pork"),
        "三肥七瘦，绞两遍。包饺子的说一声，帮你绞三遍。",
        ("半斤", "250 g", 1100, 20), ("一斤", "500 g", 2100, 16), liked=1.3,
    ),
    goods(
        "laochen", "ribs", ("小排", "Spare ribs"),
        "剁成一寸，这是标准。要整扇请备注。",
        ("一斤", "500 g", 3200, 12),
    ),
    goods(
        "laochen", "sausage", ("川味香肠", "Sichuan sausage"),
        "冬至前后开灌，灌完挂在我家阳台，隔壁说闻得睡不着。",
        ("麻辣一斤", "Hot, 500 g", 4500, 10), ("咸甜一斤", "Sweet, 500 g", 4500, 8), liked=0.9,
    ),
    goods(
        "jiangbian", "crucian", ("鲫鱼", "Crucian carp"),
        "杀好，鳞刮净，苦胆没破。破了当场换一条。",
        ("一条", "One, about 400 g", 1600, 12), allergens="鱼 Fish",
    ),
    goods(
        "jiangbian", "catfish", ("黄辣丁", "Yellow catfish"),
        "下火锅、烧泡椒。刺少，适合说话多的人。",
        ("一斤", "500 g", 3600, 8), allergens="鱼 Fish",
    ),
    goods(
        "jiangbian", "bass", ("清蒸鲈鱼一条", "Sea bass, ready to steam"),
        "改好刀，配好姜葱和一小包豉油。水开八分钟，别多。",
        ("一条", "One, about 500 g", 3200, 8), allergens="鱼、大豆 Fish, soy",
    ),
    goods(
        "jiangbian", "cat-heads", ("给猫的鱼头", "Fish heads for the cat"),
        "煮熟再喂。猫不付钱，你付两块。",
        ("一袋", "One bag", 200, 6), allergens="鱼 Fish", liked=0.4,
    ),
    goods(
        "cornershop", "bulb", ("螺口灯泡", "Light bulb, E27"),
        "暖光，七瓦。半夜灯坏了也能取，我们十一点才关门。",
        ("一只", "One", 900, 20),
    ),
    goods(
        "cornershop", "salted-eggs", ("咸鸭蛋", "Salted duck eggs"),
        "奶奶自己腌的，流油。配白粥，一只蛋三口粥。",
        ("六个", "Six", 1500, 12), allergens="蛋 Egg",
    ),
    goods(
        "cornershop", "umbrella", ("借一还一雨伞", "The umbrella"),
        "下雨买，天晴退，退十五块。伞柄上有编号，已经借到一百零七号。",
        ("一把", "One", 2000, 10), liked=0.6,
    ),
    goods(
        "cornershop", "scarf", ("红领巾", "Red scarf"),
        "早上七点四十五分是销售高峰。",
        ("一条", "One", 500, 25), liked=0.9,
    ),
    goods(
        "cornershop", "soda", ("玻璃瓶汽水", "Glass bottle soda"),
        "橘子味，冰的。瓶子还回来退五毛，小孩也会算这个账。",
        ("一瓶", "One", 350, 40), ("一箱", "Crate of 24", 7800, 3), liked=1.2,
    ),
    goods(
        "zhuying", "jasmine", ("碧潭飘雪", "Jasmine green tea"),
        "花是今年七月的，窨了五遍。水别太开，九十度。",
        ("一两", "50 g", 3800, 12), ("半斤罐", "250 g tin", 16800, 4), liked=1.2,
    ),
    goods(
        "zhuying", "laoying", ("老鹰茶", "Hawk tea"),
        "红的，凉了也好喝，孕妇老人都喝得。一壶能续到天黑。",
        ("一包", "100 g", 1800, 14),
    ),
    goods(
        "zhuying", "gaiwan", ("白瓷盖碗", "A lidded bowl"),
        "茶社同款，三件一套。碎了盖子可以单独来配。",
        ("一套", "One set", 4600, 6), liked=0.5,
    ),
    goods(
        "halfbeat", "latte", ("拿铁", "Latte"),
        "奶可以换燕麦的，不加钱。Oat milk at no extra charge.",
        ("热", "Hot", 2400, 40), ("冰", "Iced", 2400, 30), allergens="奶（可换）Milk, or oats", liked=2.0,
    ),
    goods(
        "halfbeat", "drip", ("今日手冲", "Hand drip of the day"),
        "今天什么豆，看黑板，或者下来问。带渣回去种花，免费。",
        ("一杯", "One cup", 2800, 20), liked=1.1,
    ),
    goods(
        "halfbeat", "beans", ("自烘咖啡豆", "House-roasted beans"),
        "周二烘，周五最好喝。不酸的叫“书院街”，酸的叫“数学课”。",
        ("书院街", "Academy Street", 6800, 8), ("数学课", "Maths Class", 7200, 8), unit="227 克",
    ),
    goods(
        "halfbeat", "basque", ("巴斯克一角", "A slice of Basque cheesecake"),
        "中间是会动的。The middle moves; that is the point.",
        ("一角", "One slice", 2600, 12), allergens="奶、蛋 Milk, egg", liked=1.1,
    ),
)

# What they may say of themselves to those who eat with care.
MARKS = {
    "sourdough": (DietaryMark.VEGAN, DietaryMark.NO_ADDED_SUGAR),
    "baguette": (DietaryMark.VEGAN, DietaryMark.NO_ADDED_SUGAR, DietaryMark.NUT_FREE),
    "osmanthus-scone": (DietaryMark.VEGETARIAN,),
    "walnut-rye": (DietaryMark.VEGAN,),
    "redbean-bun": (DietaryMark.VEGETARIAN, DietaryMark.NUT_FREE),
}

# What a bakery thinks about and has not put up yet, beside one of its things.
DRAFTS = (
    ("sourdough", ListingDraft(
        ListingKind.GOODS, "腊八杂粮面包", "Eight-grain winter loaf",
        (VariantDraft(3000, "整条", "Whole loaf", 8),),
        description="红豆、小米、核桃和五样别的。等天再冷一点上架。",
        unit="每条约 600 克", allergens="小麦、核桃 Wheat, walnut", position=90, is_draft=True,
        dietary=(DietaryMark.VEGAN,),
    )),
    ("sourdough", ListingDraft(
        ListingKind.GOODS, "肉桂卷", "Cinnamon roll", (VariantDraft(1100, "一个", "One", 12),),
        description="试了三次，糖还是多。", unit="约 95 克", allergens=DAIRY, position=91, is_draft=True,
    )),
)
TRIED = ("baguette", "croissant")
