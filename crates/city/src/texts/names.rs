//! Brands of merchants and names of the people behind them.

use super::Words;

/// What stands in front of a trade's noun. Invented; a likeness to a real business is chance.
#[rustfmt::skip]
pub(crate) const BRANDS: &[Words] = &[
    ("云间里", "Yunjianli"), ("半夏", "Half Summer"), ("老渡口", "Old Ferry"), ("梧桐树下", "Under the Plane Trees"),
    ("小满集", "Grain Buds"), ("青石巷", "Bluestone Lane"), ("阿婆家", "Grandma's"), ("月半弯", "Crescent"),
    ("拾光", "Gathered Light"), ("东篱", "East Hedge"), ("石榴花", "Pomegranate"), ("南风记", "South Wind"),
    ("望江", "River View"), ("一碗春", "Bowl of Spring"), ("竹里", "In Bamboo"), ("福满楼", "Fortune House"),
    ("鹿鸣", "Deer Call"), ("海上花", "Flower of the Sea"), ("白露", "White Dew"), ("弄堂口", "Lane's End"),
    ("四季桥", "Four Seasons Bridge"), ("听雨", "Listening to Rain"), ("红砖房", "Red Brick"), ("晓风", "Dawn Breeze"),
    ("金桂", "Golden Osmanthus"), ("大树里", "Big Tree"), ("阳春", "Sunny Spring"), ("木槿", "Hibiscus"),
    ("三味", "Three Flavours"), ("老城根", "Old Wall"), ("星河", "Star River"), ("稻香村口", "Rice Field"),
    ("山外", "Beyond the Hills"), ("蓝鲸", "Blue Whale"), ("丁香", "Lilac"), ("橘子", "Tangerine"),
    ("知味", "Good Taste"), ("常来", "Come Again"), ("芳邻", "Good Neighbour"), ("雁归", "Homing Goose"),
];

/// The brand of the merchant whose staff can be signed in as.
pub(crate) const DEMO_BRAND: Words = ("桥头", "Bridgehead");

/// What stands before the brands of one quarter, so that not too many merchants have the same name. The first quarter
/// needs nothing.
#[rustfmt::skip]
pub(crate) const HOUSES: &[Words] = &[
    ("", ""), ("陈记", "Chen's "), ("林家", "Lin's "), ("老王", "Old Wang's "), ("小李", "Little Li's "), ("赵记", "Zhao's "),
    ("周家", "Zhou's "), ("吴记", "Wu's "), ("老徐", "Old Xu's "), ("孙家", "Sun's "), ("马记", "Ma's "), ("小朱", "Little Zhu's "),
    ("胡家", "Hu's "), ("郭记", "Guo's "), ("老何", "Old He's "), ("高家", "Gao's "), ("罗记", "Luo's "), ("小郑", "Little Zheng's "),
    ("梁家", "Liang's "), ("谢记", "Xie's "), ("老韩", "Old Han's "), ("唐家", "Tang's "), ("冯记", "Feng's "), ("小于", "Little Yu's "),
    ("董家", "Dong's "), ("萧记", "Xiao's "), ("老程", "Old Cheng's "), ("曹家", "Cao's "), ("袁记", "Yuan's "), ("小邓", "Little Deng's "),
];

/// People who run merchants.
#[rustfmt::skip]
pub(crate) const PEOPLE: &[&str] = &[
    "陈志远", "林晓梅", "王建国", "张丽华", "李思源", "赵文静", "周海峰", "吴佳怡", "徐明", "孙玉兰",
    "马超群", "朱雨桐", "胡国平", "郭欣然", "何俊杰", "高美玲", "罗永安", "郑秋实", "梁小燕", "谢东升",
    "韩雪", "唐子轩", "冯春华", "于洋", "董婉清", "萧然", "程一鸣", "曹慧", "袁立", "邓书涵",
];
