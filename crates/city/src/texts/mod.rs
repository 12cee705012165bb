//! What a city says: names, dishes, services, streets and what guests think, in Chinese and English.
//! Only words and list prices; nothing here decides anything.

pub(crate) mod catering;
pub(crate) mod menus;
pub(crate) mod names;
pub(crate) mod places;
pub(crate) mod reviews;
pub(crate) mod services;
pub(crate) mod talks;

use kernel::LocalText;
use offer::{Card, CardPeriod};

/// The same in Chinese and in English.
pub(crate) type Words = (&'static str, &'static str);

/// What guests of a trade talk about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mood {
    /// Dishes.
    Meal,
    /// Drinks and sweet things.
    Treat,
    /// Rooms, tickets, evenings out.
    Outing,
    /// Something that somebody does well or badly.
    Service,
}

/// A sort of merchant.
#[derive(Debug)]
pub(crate) struct Trade {
    /// Code of the category.
    pub category: &'static str,
    /// What guests talk about.
    pub mood: Mood,
    /// What follows the brand in a merchant's name.
    pub noun: Words,
    /// In the syntax of OpenStreetMap's `opening_hours`.
    pub hours: &'static str,
    /// What it could sell.
    pub ideas: &'static [Idea],
}

impl Trade {
    /// Minutes after midnight at which it opens; 0 if it never closes.
    pub fn opens_at_minute(&self) -> i64 {
        let first = self
            .hours
            .split([' ', '-', ','])
            .find_map(|word| word.split_once(':'));
        let number = |text: &str| text.parse::<i64>().unwrap_or(0);
        first.map_or(0, |(hours, minutes)| number(hours) * 60 + number(minutes))
    }
}

/// Something to sell.
#[derive(Debug)]
pub(crate) struct Idea {
    pub title: Words,
    pub details: Words,
    /// List price in fen.
    pub price: i64,
    /// How often one voucher is used; of a stored-value card what it is worth, in fen.
    pub uses: i64,
    pub card: Option<Card>,
}

/// Something that is used once. The price is in whole yuan.
pub(crate) const fn once(price: i64, title: Words, details: Words) -> Idea {
    card(price, 1, title, details)
}

/// A card of several uses.
const fn card(price: i64, uses: i64, title: Words, details: Words) -> Idea {
    Idea {
        title,
        details,
        price: price * 100,
        uses,
        card: None,
    }
}

/// A card that is used once a day.
const fn daily(price: i64, uses: i64, title: Words, details: Words) -> Idea {
    let once_a_day = Card::Paced {
        uses: 1,
        per: CardPeriod::Day,
    };
    Idea {
        card: Some(once_a_day),
        ..card(price, uses, title, details)
    }
}

/// A card that is worth so many yuan.
const fn worth(price: i64, value: i64, title: Words, details: Words) -> Idea {
    Idea {
        card: Some(Card::StoredValue),
        ..card(price, value * 100, title, details)
    }
}

/// A text in both languages.
pub(crate) fn both(zh: impl Into<String>, en: impl Into<String>) -> LocalText {
    LocalText([("zh-CN".to_owned(), zh.into()), ("en".to_owned(), en.into())].into())
}

/// The trade of merchant number `n`: three of five are in catering. Number 0 sells hot pot.
pub(crate) fn trade_of(n: u64) -> &'static Trade {
    let (round, place) = (n / 5, n % 5);
    if place < 3 {
        let turn = (round * 3 + place) as usize;
        &catering::TRADES[turn % catering::TRADES.len()]
    } else {
        let turn = (round * 2 + place - 3) as usize;
        &services::TRADES[turn % services::TRADES.len()]
    }
}

/// Which of the pictures' colours a trade has.
pub(crate) fn color_of(trade: &Trade) -> usize {
    let trades = catering::TRADES.iter().chain(services::TRADES);
    trades
        .into_iter()
        .position(|other| std::ptr::eq(other, trade))
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_fit_where_they_go() {
        let trades = catering::TRADES.iter().chain(services::TRADES);
        for trade in trades {
            assert!(trade.ideas.len() >= 4, "{}", trade.category);
            assert!(
                (0..=18 * 60).contains(&trade.opens_at_minute()),
                "{}",
                trade.hours
            );
            for idea in trade.ideas {
                for text in [idea.title.0, idea.title.1, idea.details.0, idea.details.1] {
                    assert!((2..=120).contains(&text.chars().count()), "{text}");
                }
                assert!(idea.price >= 500 && idea.price <= 300_000, "{}", idea.title.1);
                assert!(
                    idea.title.1.is_ascii() && idea.details.1.is_ascii(),
                    "{}",
                    idea.title.1
                );
                assert!(!idea.title.0.is_ascii(), "{}", idea.title.0);
            }
        }
    }

    #[test]
    fn menus_are_of_trades_that_the_first_merchants_have() {
        let first: Vec<&str> = (0..40).map(|n| trade_of(n).noun.1).collect();
        for menu in menus::MENUS {
            assert!(first.contains(&menu.trade), "{}", menu.trade);
            for dish in menu.sections.iter().flat_map(|section| section.dishes) {
                assert!(
                    !dish.name.0.is_ascii() && dish.name.1.is_ascii(),
                    "{}",
                    dish.name.1
                );
                let is_said = !dish.details.0.is_empty();
                assert_eq!(is_said, !dish.details.1.is_empty(), "{}", dish.name.1);
            }
        }
    }

    #[test]
    fn most_merchants_are_in_catering_and_the_first_sells_hot_pot() {
        assert_eq!(trade_of(0).category, "hot_pot");
        assert_eq!(
            (
                trade_of(0).opens_at_minute(),
                services::TRADES[1].opens_at_minute()
            ),
            (630, 0)
        );
        let catering = (0..40)
            .filter(|n| matches!(trade_of(*n).mood, Mood::Meal | Mood::Treat))
            .count();
        assert!((22..=28).contains(&catering), "{catering}");
    }
}
