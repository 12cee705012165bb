//! What guests write after a visit, and what merchants answer.

use super::{Mood, Words};

/// How a visit was: what is said first, by number of stars.
#[rustfmt::skip]
pub(crate) fn opening(stars: i64) -> &'static [Words] {
    match stars {
        5 => &[
            ("第二次来了，还是一样好。", "Second visit, and just as good."),
            ("朋友推荐的，果然没失望。", "A friend recommended it, and rightly so."),
            ("超出预期！", "Better than expected!"),
            ("非常满意，会再来。", "Very happy, I will be back."),
            ("全家都喜欢。", "The whole family loved it."),
            ("这个价格真的很值。", "Great value for this price."),
        ],
        4 => &[
            ("整体不错。", "Good overall."),
            ("挺好的，小地方还能改进。", "Nice, with small things to improve."),
            ("性价比可以。", "Fair value."),
            ("环境舒服，下次带同事来。", "A pleasant place; next time with colleagues."),
        ],
        3 => &[
            ("中规中矩吧。", "Average."),
            ("还可以，没有特别惊喜。", "Fine, nothing special."),
            ("周末人太多，体验打折。", "Too crowded at the weekend."),
        ],
        _ => &[
            ("这次有点失望。", "A bit disappointing this time."),
            ("希望店家改进。", "I hope they improve."),
        ],
    }
}

/// What it was about, for four and five stars.
#[rustfmt::skip]
pub(crate) fn praise(mood: Mood) -> &'static [Words] {
    match mood {
        Mood::Meal => &[
            ("菜很新鲜，分量也足。", "Fresh food and generous portions."),
            ("味道地道，辣度刚刚好。", "Authentic flavour, just spicy enough."),
            ("上菜很快，服务员主动加水。", "Quick service, and they refilled our water unasked."),
            ("扫码核销一秒钟，没有排队。", "The code was scanned in a second, no queue."),
            ("汤底很鲜，喝完还想要一碗。", "The broth was so good that I wanted another bowl."),
        ],
        Mood::Treat => &[
            ("用料实在，不会太甜。", "Good ingredients and not too sweet."),
            ("店里很安静，适合坐一下午。", "Quiet, good for a whole afternoon."),
            ("店员会耐心介绍，推荐的那款很好喝。", "They explain with patience, and their tip was delicious."),
            ("拍照好看，味道也在线。", "Pretty on photos, and tasty too."),
        ],
        Mood::Outing => &[
            ("环境干净，设施比图片还新。", "Clean, and newer than in the pictures."),
            ("工作人员很热情，换票很方便。", "Friendly staff, and the ticket exchange was easy."),
            ("孩子玩得不想走。", "The kids did not want to leave."),
            ("位置好找，地铁出来五分钟。", "Easy to find, five minutes from the metro."),
        ],
        Mood::Service => &[
            ("师傅很专业，做事细心。", "Professional and careful work."),
            ("准时，没有推销办卡。", "On time, and nobody pushed a membership."),
            ("沟通顺畅，结果和说好的一样。", "Easy to talk to, and the result was as agreed."),
            ("价格透明，没有加收。", "A clear price with nothing added."),
        ],
    }
}

/// What it was about, for three stars and fewer.
#[rustfmt::skip]
pub(crate) fn complaint(mood: Mood) -> &'static [Words] {
    match mood {
        Mood::Meal => &[
            ("等位等了四十分钟，菜上齐时已经凉了。", "Forty minutes for a table, and the last dish came cold."),
            ("偏咸，分量比图片少。", "Too salty, and smaller than in the picture."),
        ],
        Mood::Treat => &[
            ("太甜了，少糖也很甜。", "Too sweet, even with less sugar."),
            ("座位少，只能带走。", "Few seats, so we had to take it away."),
        ],
        Mood::Outing => &[
            ("隔音一般，隔壁声音很大。", "Thin walls, we heard everything next door."),
            ("现场指引不清楚，找了半天入口。", "Poor signs; it took a while to find the entrance."),
        ],
        Mood::Service => &[
            ("迟到了二十分钟，好在态度不错。", "Twenty minutes late, but at least they apologised."),
            ("一直推荐办卡，有点烦。", "They kept offering a membership."),
        ],
    }
}

/// What a merchant answers to a happy guest.
#[rustfmt::skip]
pub(crate) const THANKS: &[Words] = &[
    ("谢谢您的好评，期待下次再见！", "Thank you, we hope to see you again!"),
    ("感谢支持，您的喜欢就是我们的动力。", "Thanks for your support, it keeps us going."),
    ("您喜欢就好，下次来送您一份小食。", "Glad you liked it; a small snack is on us next time."),
];

/// What a merchant answers to an unhappy one.
#[rustfmt::skip]
pub(crate) const APOLOGIES: &[Words] = &[
    ("非常抱歉给您带来不好的体验，我们已经和当班同事沟通改进。", "We are sorry; we have talked to the team on duty and will do better."),
    ("谢谢您指出来，欢迎下次来店，我们一定补上。", "Thank you for telling us. Come again and let us make up for it."),
];

/// What is rated apart from the whole.
pub(crate) fn aspects(mood: Mood) -> [&'static str; 3] {
    match mood {
        Mood::Meal | Mood::Treat => ["taste", "service", "place"],
        Mood::Outing => ["place", "service", "value"],
        Mood::Service => ["skill", "service", "value"],
    }
}

/// The lines under every offer's own details.
#[rustfmt::skip]
pub(crate) const HOW_TO_USE: &[Words] = &[
    ("购买后到店出示二维码或 12 位券码即可使用，未使用随时退。", "Show the QR or the 12-digit code in the store. Unused, it is refunded at any time."),
    ("节假日通用，建议提前电话预约。到店出示券码核销。", "Valid on holidays; a call ahead is welcome. Show the code in the store."),
    ("每张凭证限当次使用，门店以适用列表为准，不找零不兑现。", "One visit per use, in the listed stores. No change is given."),
];
