"""What is made, mended, washed and taught: the listings of the other shops."""

# ruff: noqa: E501 - people write as long as they like, and Chinese in its own punctuation.
# fmt: off

from __future__ import annotations

from app.demo.content.offers import goods, service

WORKSHOP = (
    goods(
        "latespring", "weekly", ("一周的花", "Flowers for a week"),
        "老板娘挑，你不用想。插好能开七天，第五天最好看。",
        ("小束", "Small", 3900, 10), ("大束", "Large", 6900, 6), liked=1.6,
    ),
    goods(
        "latespring", "sorry", ("道歉花束", "The apology bunch"),
        "不问原因，只问对方喜欢什么颜色。卡片我们不代写，字丑也自己写。",
        ("一束", "One bunch", 9900, 4), liked=0.6,
    ),
    goods(
        "latespring", "pot", ("养不死的绿萝", "A pothos that will not die"),
        "忘了浇水也活。真死了拿盆来，换一次。",
        ("一盆", "One pot", 2500, 10),
    ),
    goods(
        "latespring", "chrysanthemum", ("看望老人的雏菊", "Daisies for a visit"),
        "不太香，不掉粉，医院也能带。",
        ("一束", "One bunch", 3500, 8), liked=0.7,
    ),
    goods(
        "spine", "blind-book", ("牛皮纸里的书", "A book in brown paper"),
        "封面写三句提示，拆开才知道是哪本。不喜欢可以换，只能换一次，像人生。",
        ("中文", "Chinese", 2000, 10), ("English", "English", 2000, 6), liked=1.3,
    ),
    goods(
        "spine", "picture-books", ("旧绘本三册", "Three second-hand picture books"),
        "酒精擦过，页角抚平。按年龄挑，备注孩子几岁、怕不怕鬼。",
        ("三册", "Three", 3600, 8), liked=1.1,
    ),
    goods(
        "spine", "notebook", ("线装笔记本", "Stitched notebook"),
        "内页是印刷厂的边角纸，厚薄不一。写坏了不心疼。",
        ("一本", "One", 1500, 15),
    ),
    goods(
        "spine", "street-map", ("手绘书院街地图", "A hand-drawn map of Academy Street"),
        "画了四个月，画完又关了两家店、开了三家。第二版在画了。",
        ("一张", "One", 2500, 12), liked=0.6,
    ),
    service(
        "xiaoman-hair", "cut", ("剪发", "Haircut"),
        "洗剪吹。先聊五分钟再动手，带照片来更好，但别带明星的。",
        ("短发", "Short", 4800), ("长发", "Long", 6800),
        minutes=45, buffer=15, helpers=("chair-man", "chair-yuan"), liked=2.0,
    ),
    service(
        "xiaoman-hair", "kids", ("儿童剪发", "Children's haircut"),
        "可以抱着剪，可以看动画剪，可以分两次剪。哭了不加钱。",
        ("一次", "Once", 3000), minutes=30, buffer=15, helpers=("chair-man",), liked=1.3,
    ),
    service(
        "xiaoman-hair", "colour", ("染发", "Colour"),
        "先做皮试。白发盖得住，心事盖不住。",
        ("补发根", "Roots", 12800), ("全染", "Full", 22800),
        minutes=120, buffer=15, helpers=("chair-yuan",), lead=240, liked=0.6,
    ),
    service(
        "oldchair", "senior-cut", ("老人剪发", "Haircut for seniors"),
        "七十岁以上，带不带证都行，师傅看得出来。刮脸、修耳毛送。",
        ("一次", "Once", 1000), minutes=30, helpers=("old-chair",), liked=1.4,
    ),
    service(
        "oldchair", "shave", ("热毛巾刮脸", "Hot towel shave"),
        "躺下，闭眼，听收音机里的评书。一回书刚好刮完。",
        ("一次", "Once", 2500), minutes=30, helpers=("old-chair",),
    ),
    service(
        "gentle", "shoulders", ("肩颈四十五分钟", "Neck and shoulders"),
        "电脑用多的、抱孩子抱多的。痛就说痛，不用忍。",
        ("四十五分钟", "45 minutes", 9800), minutes=45, buffer=15,
        helpers=("master-xie", "master-luo"), rules="饭后一小时再来，怀孕请先告知。", liked=1.6,
    ),
    service(
        "gentle", "whole", ("全身推拿", "Full body"),
        "一个钟，六十分钟，不掐表。",
        ("六十分钟", "60 minutes", 13800), minutes=60, buffer=15,
        helpers=("master-xie", "master-luo"), rules="饭后一小时再来，怀孕请先告知。",
    ),
    service(
        "gentle", "stiff-neck", ("落枕", "Stiff neck"),
        "早上起来脖子不会转的，加急。",
        ("二十分钟", "20 minutes", 5000), minutes=30, helpers=("master-luo",), lead=30, liked=0.7,
    ),
    goods(
        "ginkgo-rx", "thermometer", ("电子体温计", "Thermometer"),
        "帮你装好电池、教一遍怎么看。大字说明一张。",
        ("一支", "One", 3200, 12),
    ),
    goods(
        "ginkgo-rx", "kit", ("家用小药箱", "Household first-aid box"),
        "碘伏、创可贴、纱布、退热贴，不含药片。到期日写在盖子里面，字很大。",
        ("一箱", "One box", 5800, 8),
    ),
    goods(
        "ginkgo-rx", "herbal", ("菊花决明子茶包", "Chrysanthemum and cassia tea"),
        "眼睛累的时候。不是药，别当药。",
        ("十包", "Ten bags", 2200, 12),
    ),
    goods(
        "ginkgo-rx", "masks", ("口罩", "Masks"),
        "儿童的有小恐龙。",
        ("成人十只", "Adult, ten", 1200, 30), ("儿童十只", "Child, ten", 1200, 20), liked=0.8,
    ),
    service(
        "laozhou", "plumbing", ("修水管上门", "Plumber at your door"),
        "先把入户总阀关了，别泡地板。带密封圈和常用阀芯，半小时多半能好。Bring nothing, I bring the washers.",
        ("检修含一小时", "Call-out, first hour", 8000), minutes=60, buffer=30,
        helpers=("zhou", "zhou-jr"), rules="换件另算，先报价后动手。修不好不收钱。", lead=120, liked=2.0,
    ),
    service(
        "laozhou", "lamps", ("换灯装灯上门", "Lamps and sockets"),
        "梯子我带。吊灯超过十公斤请先说。",
        ("一处", "One place", 6000), minutes=45, buffer=30, helpers=("zhou", "zhou-jr"), lead=120, liked=1.2,
    ),
    service(
        "laozhou", "locks", ("换锁芯", "New lock cylinder"),
        "看身份证、看房产证或租约，麻烦你，也保护你。",
        ("普通锁", "Standard", 12000), ("防盗锁", "Security", 18000),
        minutes=45, buffer=30, helpers=("zhou",), lead=60,
    ),
    goods(
        "laozhou", "gasket", ("水龙头密封圈", "Tap washers"),
        "一包五种尺寸，总有一个对。不会换的，取货时教你，三分钟。",
        ("一包", "One bag", 500, 30),
    ),
    goods(
        "laozhou", "mended-fan", ("修好的电风扇", "A mended fan"),
        "别人不要的，我修好了，保半年。噪音标在背面。",
        ("一台", "One", 6000, 3), liked=0.4,
    ),
    service(
        "screendoc", "screen", ("换屏", "New screen"),
        "先报型号，到店确认。旧屏当面碎给你看。",
        ("常见型号", "Common models", 26000), ("折叠屏看一看", "Foldable, a look", 5000),
        minutes=60, helpers=("bench",), rules="请先备份；不会的，我们帮你备份。",
    ),
    service(
        "screendoc", "elder-phone", ("长辈手机清理", "A phone for grandma"),
        "字调大，广告关掉，女儿的电话放第一个。清出来的空间一般有二十个 G。",
        ("一次", "Once", 3000), minutes=45, helpers=("bench",), liked=1.3,
    ),
    goods(
        "screendoc", "film", ("贴膜", "Screen protector"),
        "贴歪了撕掉重来，算我的。",
        ("普通", "Standard", 2500, 20), ("防窥", "Privacy", 3900, 12),
    ),
    goods(
        "screendoc", "cable", ("耐折数据线", "A cable that bends"),
        "猫咬过三条之后我们换的这一款。",
        ("一米", "1 m", 2900, 16), ("两米", "2 m", 3600, 12),
    ),
    service(
        "spoke", "tune", ("整车保养", "Full service for a bicycle"),
        "拆、洗、油、调。你会听到它以前没有的安静。",
        ("通勤车", "City bike", 9800), ("公路车", "Road bike", 15800),
        minutes=90, helpers=("stand",), lead=120,
    ),
    service(
        "spoke", "puncture", ("补胎", "Puncture"),
        "等着取，二十分钟。顺便教孩子怎么补。",
        ("一处", "One hole", 1500), minutes=30, helpers=("stand",), lead=30, liked=1.5,
    ),
    goods(
        "spoke", "kids-bike", ("翻新童车", "A child's bike, made new"),
        "骑小了换大的，旧车折价收。颜色可以挑：只剩红和更红。",
        ("16 寸", "16 inch", 18000, 2), ("20 寸", "20 inch", 24000, 2), liked=0.5,
    ),
    goods(
        "spoke", "bell", ("铜铃铛", "A brass bell"),
        "声音像说“请让一让”，不像“让开”。",
        ("一只", "One", 2200, 12),
    ),
    service(
        "handy", "clean-2h", ("日常保洁两小时", "Two hours of cleaning"),
        "厨房或者其余，两小时只能认真做一样。工具自带，吸尘器借你家的。",
        ("两小时", "Two hours", 11000), minutes=120, buffer=30,
        helpers=("aunt-deng", "aunt-qiu", "aunt-ma"), rules="家里有宠物请先说，名字也说一下。", lead=720, liked=1.6,
    ),
    service(
        "handy", "deep-4h", ("大扫除半天", "Half a day of deep cleaning"),
        "过年前三周就约满。油烟机外壳含，内胆不含。",
        ("四小时", "Four hours", 21000), minutes=240, buffer=30,
        helpers=("aunt-deng", "aunt-ma"), lead=1440, days_ahead=14, liked=0.7,
    ),
    service(
        "handy", "windows", ("擦窗", "Windows"),
        "只擦够得到的，高层外侧我们不做，命要紧。",
        ("六扇以内", "Up to six", 9000), minutes=120, buffer=30, helpers=("aunt-qiu",), lead=720,
    ),
    service(
        "handy", "dinner", ("上门做一顿饭", "Dinner cooked at your place"),
        "四菜一汤，菜你买或者我们带青石菜铺的。洗锅，不洗碗。",
        ("四菜一汤", "Four dishes and soup", 13000), minutes=150, buffer=30, helpers=("aunt-deng",), lead=720, liked=0.9,
    ),
    goods(
        "cloud", "shirts", ("衬衫五件券袋", "A bag of five shirts"),
        "洗、烫、折好。袋子带走，下次再装满。",
        ("一袋", "One bag", 5000, 20), liked=1.3,
    ),
    goods(
        "cloud", "down", ("羽绒服洗护", "Down jacket"),
        "平铺阴干，拍三遍。口袋里的东西装信封还你。",
        ("短款", "Short", 3800, 15), ("长款", "Long", 4800, 15), liked=1.2,
    ),
    goods(
        "cloud", "duvet", ("被子一床", "One duvet"),
        "晴天晒，阴天烘，拿回家有太阳味或者机器味，如实告诉你是哪种。",
        ("双人", "Double", 4500, 10),
    ),
    goods(
        "cloud", "shoes", ("洗鞋一双", "A pair of shoes"),
        "小白鞋能救的救，不能救的送它最后一程。",
        ("一双", "One pair", 2500, 16),
    ),
    service(
        "stitch", "measure", ("量身改衣", "Alterations, measured"),
        "穿着来，站着量，别吸肚子。",
        ("裤脚", "Trouser hem", 1500), ("腰身", "Waist", 3500), ("整件", "Whole garment", 8000),
        minutes=30, helpers=("needle",), liked=1.4,
    ),
    service(
        "stitch", "qipao", ("旗袍定做第一次", "Qipao, first fitting"),
        "三次试身，六个星期。第一次只量不收布钱。",
        ("量身", "Fitting", 20000), minutes=60, helpers=("needle",), lead=1440, days_ahead=14, liked=0.3,
    ),
    goods(
        "stitch", "tote", ("布头拼的袋子", "A bag of remnants"),
        "没有两只一样。有一只是四件旧校服做的。",
        ("一只", "One", 2800, 10),
    ),
    goods(
        "stitch", "zipper", ("换拉链", "A new zip"),
        "放下衣服就走，第二天取。",
        ("短", "Short", 1500, 12), ("长", "Long", 2500, 12),
    ),
    service(
        "onelamp", "homework", ("放学作业桌", "The homework table"),
        "两小时一个座位，方老师在旁边。会的自己写，不会的先想五分钟再举手。",
        ("一次", "Once", 5000), minutes=120, helpers=("teacher-fang",), lead=240, liked=1.4,
    ),
    service(
        "onelamp", "english-talk", ("和 Tom 说英语", "English with Tom"),
        "聊你喜欢的：足球、蜥蜴、为什么要上学。A walk outside when the weather is good.",
        ("四十五分钟", "45 minutes", 12000), minutes=45, buffer=15, helpers=("teacher-tom",), lead=240,
    ),
    service(
        "onelamp", "maths", ("五年级数学一对一", "Maths, one to one"),
        "先找哪一步没懂，再往前找两步。",
        ("一小时", "One hour", 15000), minutes=60, helpers=("teacher-fang",), lead=240, liked=0.9,
    ),
    goods(
        "twice", "id-photo", ("证件照一版", "ID photographs"),
        "现场拍，当场洗。笑可以，露牙不行，规定。",
        ("一版八张", "Sheet of eight", 2000, 20), liked=0.8,
    ),
    goods(
        "twice", "thesis", ("论文胶装", "Thesis binding"),
        "封面错字免费重做一次，内页错字我们假装没看见。",
        ("黑白一本", "Black and white", 1800, 15), ("彩色一本", "Colour", 4800, 10),
    ),
    goods(
        "twice", "poster", ("手抄报放大", "A school poster, enlarged"),
        "晚上八点前发来。班主任要 A3 的那种。",
        ("A3", "A3", 600, 30), ("A2", "A2", 1200, 15), liked=1.1,
    ),
    goods(
        "twice", "stickers", ("姓名贴一百张", "A hundred name stickers"),
        "防水，洗碗机也不怕。幼儿园开学季的硬通货。",
        ("一百张", "One hundred", 1500, 15), liked=0.8,
    ),
    service(
        "onephoto", "family", ("一家人一张", "One family, one photograph"),
        "人到齐就拍，狗也算。拍完喝杯茶，选一张，底片我们替你存着。",
        ("一张", "One print", 19800), minutes=60, buffer=15, helpers=("studio",), lead=720, liked=0.8,
    ),
    service(
        "onephoto", "old-restore", ("老照片翻拍", "Copying an old photograph"),
        "折痕能修，人的样子不动。带原件来，当面扫，当面还。",
        ("一张", "One", 4000), minutes=30, helpers=("studio",), lead=240,
    ),
    goods(
        "onephoto", "frames", ("木相框", "A wooden frame"),
        "隔壁修理铺锯的边角料，闻得到松木。",
        ("六寸", "6 inch", 2800, 10), ("十寸", "10 inch", 4600, 6),
    ),
    service(
        "fur", "small-dog", ("小型犬洗护", "A small dog's bath"),
        "十公斤以下。指甲、耳朵、屁股三件套都含。",
        ("一次", "Once", 8000), minutes=75, buffer=15, helpers=("tub", "table"), lead=120, liked=1.5,
    ),
    service(
        "fur", "cat-bath", ("猫洗澡", "A cat's bath"),
        "两个人按一只猫。咬了我们不怪它。",
        ("短毛", "Short hair", 12000), ("长毛", "Long hair", 16000),
        minutes=90, buffer=15, helpers=("tub",), lead=240, liked=0.8,
    ),
    goods(
        "fur", "treats", ("冻干鸡胸", "Freeze-dried chicken"),
        "配料表只有两个字：鸡胸。",
        ("一袋", "One bag", 3200, 16), unit="80 克",
    ),
    goods(
        "fur", "tag", ("刻字狗牌", "An engraved tag"),
        "正面名字，背面电话。丢了真的有用，去年用上过四次。",
        ("一枚", "One", 2500, 20), liked=0.9,
    ),
    goods(
        "parcels", "vacuum", ("香肠腊肉真空打包", "Vacuum packing"),
        "一斤起封，贴好标签，写妈妈做的还是爸爸做的。",
        ("五斤以内", "Up to 2.5 kg", 800, 20), ("十斤以内", "Up to 5 kg", 1400, 15), liked=0.9,
    ),
    goods(
        "parcels", "box-set", ("搬家纸箱十个", "Ten moving boxes"),
        "五层瓦楞，回收九成新。用完送回来退一半。",
        ("十个", "Ten", 4000, 8),
    ),
    goods(
        "parcels", "fragile", ("易碎品打包", "Packing for fragile things"),
        "酒、罐子、婆婆给的花瓶。碎了我们赔，三年没赔过。",
        ("一件", "One piece", 1200, 15), liked=0.6,
    ),
    goods(
        "spring", "barrel", ("桶装水自提", "Water barrel, collected"),
        "带空桶来换。没有空桶押金三十，写在本子上。",
        ("一桶", "One barrel", 1600, 30), unit="18.9 升", liked=1.5,
    ),
    goods(
        "spring", "tickets", ("水票十张", "Ten water tickets"),
        "纸的，老人喜欢。丢了报名字补。",
        ("十张", "Ten", 14500, 10), liked=0.5,
    ),
    goods(
        "spring", "pump", ("手压泵", "A hand pump"),
        "按三下出水，孩子抢着按。",
        ("一个", "One", 2600, 10), liked=0.6,
    ),
)
