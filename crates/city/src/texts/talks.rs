//! What guests ask the demo merchant, and what it answers.

/// What a talk is about.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Topic {
    Nothing,
    /// The first of the merchant's deals.
    Deal,
    /// What is booked there.
    Table,
}

/// One guest's.
#[derive(Debug)]
pub(crate) struct Talk {
    pub topic: Topic,
    pub lines: &'static [Line],
    /// Whether the guest has read the last answer.
    pub is_read: bool,
}

/// So many minutes ago; either the guest's, or the cashier's or the owner's.
#[derive(Debug)]
pub(crate) struct Line {
    pub minutes_ago: i64,
    pub by: By,
    pub text: &'static str,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum By {
    Guest,
    Cashier,
    Owner,
}

const fn line(minutes_ago: i64, by: By, text: &'static str) -> Line {
    Line {
        minutes_ago,
        by,
        text,
    }
}

pub(crate) const TALKS: &[Talk] = &[
    Talk {
        topic: Topic::Table,
        lines: &[
            line(1_530, By::Guest, "您好，周六晚上想带两个小朋友来，有宝宝椅吗？"),
            line(
                1_518,
                By::Cashier,
                "有的，店里有四把宝宝椅。订位时备注一下，我们提前给您摆好。",
            ),
            line(1_515, By::Guest, "太好了！锅底可以做成一半完全不辣的吗？"),
            line(
                1_509,
                By::Cashier,
                "可以，点鸳鸯锅就行，番茄锅和菌汤锅小朋友都爱吃。",
            ),
        ],
        is_read: false,
    },
    Talk {
        topic: Topic::Deal,
        lines: &[
            line(
                14,
                By::Guest,
                "Hi! Does the set still work if one of us eats no meat at all?",
            ),
            line(
                13,
                By::Guest,
                "And is the mushroom broth cooked with any animal stock?",
            ),
        ],
        is_read: false,
    },
    Talk {
        topic: Topic::Nothing,
        lines: &[
            line(4_400, By::Guest, "请问开车过来方便停车吗？"),
            line(
                4_371,
                By::Owner,
                "楼下就是地下车库，消费满 200 元可以免费停两小时，结账时报车牌号就好。",
            ),
            line(4_369, By::Guest, "好的，谢谢老板"),
            line(4_360, By::Owner, "不客气，期待您光临！"),
        ],
        is_read: true,
    },
    Talk {
        topic: Topic::Table,
        lines: &[
            line(
                320,
                By::Guest,
                "We are eleven on Friday at seven. Could you push two tables together for us?",
            ),
            line(
                301,
                By::Cashier,
                "Of course. Book for eleven and we will set up the long table by the window for you.",
            ),
        ],
        is_read: true,
    },
];
